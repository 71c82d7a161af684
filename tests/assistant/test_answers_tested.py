"""Where something is tested and what implements it, where names alone mislead."""

from pathlib import Path

import pytest

from assistant.answers.extractive import answer
from assistant.answers.tested import files_testing
from assistant.engine import Engine
from tests.assistant.search_support import engine_in, write_files

FILES = {
    "lib/rules/no-unused-vars.js": "function collectUnused(scope) {\n  return scope.variables;\n}\n",
    "tests/lib/rules/no-unused-vars.js": "run('no-unused-vars', { valid: [], invalid: [] });\n",
    "src/Factory.java": (
        "class Factory extends MadeElsewhere implements Made {\n"
        "    ValidatorFactory validatorFactory() {\n        return null;\n    }\n}\n"
    ),
    "src/MyFactory.java": "class MyFactory implements ValidatorFactory {\n}\n",
    "src/Helper.java": "class Helper {\n    void describe() {\n        report();\n    }\n}\n",
    "src/User.java": "class User {\n    void use(Helper helper) {\n        helper.describe();\n    }\n}\n",
    "src/notes.sql": "-- describe_helper\nselect 1;\n",
    "src/Other.java": "class OtherHelperState {\n    void describe() {\n    }\n}\n",
    "store/store.go": (
        "package store\n\ntype Store interface {\n\tSave(a string)\n\tLoad(a string)\n}\n\n"
        "type disk struct{}\n\nfunc (d *disk) Load(a string) {\n}\n"
    ),
    "store/disk.go": "package store\n\nfunc (d *disk) Save(a string) {\n}\n",
    "store/half.go": "package store\n\ntype half struct{}\n\nfunc (h *half) Save(a string) {\n}\n",
    "src/Brewer.java": "class Brewer {\n    void brewKettles() {\n    }\n}\n",
    "test/KettleTest.java": "class KettleTest {\n    void boilsKettles() {\n    }\n}\n",
    "src/select/Evaluator.java": "class Evaluator {\n    // matches selectors\n    void matches() {\n    }\n}\n",
    "test/select/SelectorTest.java": (
        "class SelectorTest {\n    // selectors of all kinds\n    void testSelectors() {\n"
        "        assertSame(1);\n    }\n}\n"
    ),
    "test/nodes/NodeTest.java": "class NodeTest {\n    void testNode() {\n        SelectorTest.go();\n    }\n}\n",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path]:
    folder = tmp_path_factory.mktemp("tested")
    root = write_files(folder / "root", FILES)
    engine = engine_in(folder / "state")
    engine.update(root)
    return engine, root


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        (
            "where is collectUnused tested?",
            "`collectUnused` (lib/rules/no-unused-vars.js:1-3) is tested in "
            "tests/lib/rules/no-unused-vars.js, by the name.",
        ),
        (
            "where are selectors tested?",
            "The test that fits best is `SelectorTest` (test/select/SelectorTest.java:1-6).",
        ),
        (
            "what implements ValidatorFactory?",
            "`ValidatorFactory` is extended or implemented by `MyFactory` (src/MyFactory.java:1).",
        ),
        (
            "what implements Store?",
            "Nothing names `Store` (store/store.go:3-6) as what it implements; "
            "all of its methods are in `disk` (store/store.go:8).",
        ),
        (
            "where is brewKettles tested?",
            "`Brewer.brewKettles` (src/Brewer.java:2-3): no test that names it was found. "
            "The test that fits best is `KettleTest` (test/KettleTest.java:1-4)",
        ),
        (
            "who calls Helper.describe?",
            "`Helper.describe` (src/Helper.java:2-4) is called from `User.use` (src/User.java:3).",
        ),
        (
            "who calls describe_helper?",
            "No file defines `describe_helper` as such. "
            "`Helper` (src/Helper.java:1-5) is used by `User.use` (src/User.java:2).",
        ),
        (
            "who calls the kettle brewery?",
            "The best match is `Brewer.brewKettles` (src/Brewer.java:2-3)",
        ),
        (
            "who calls Missing.describe?",
            "No file defines `Missing.describe` as such. "
            "`Helper.describe` (src/Helper.java:2-4) is called from `User.use` (src/User.java:3).",
        ),
    ],
)
def test_what_is_said_is_about_what_was_asked(
    repository: tuple[Engine, Path], question: str, statement: str
) -> None:
    engine, root = repository
    said = answer(engine.searcher([root]), question, embedder=engine.embedder).statement
    assert said.startswith(statement.removesuffix("."))


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("src/pdf.py", ["tests/test_pdf.py"]),
        ("src/Pdf.java", ["tests/PdfTest.java", "tests/test_pdf.py"]),
        ("store/cat.go", ["store/cat_test.go"]),
        ("ui/cat.ts", ["ui/cat.spec.ts", "store/cat_test.go"]),
        ("src/latest.py", []),
    ],
)
def test_files_are_known_by_their_names(tmp_path: Path, path: str, tests: list[str]) -> None:
    names = [
        path,
        "tests/test_pdf.py",
        "tests/PdfTest.java",
        "store/cat_test.go",
        "ui/cat.spec.ts",
        "tests/la.py",
    ]
    root = write_files(tmp_path / "root", dict.fromkeys(names, "x = 1\n"))
    engine = engine_in(tmp_path / "state")
    engine.update(root)
    found = files_testing(engine.searcher([root]).sources[0], path)
    assert [one for one in found if one in tests] == tests
    assert "tests/la.py" not in found
