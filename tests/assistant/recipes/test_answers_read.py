"""Findings, commit messages and additions to test files, as models write them."""

import pytest

from assistant.recipes.additions import added_tests, new_test_file
from assistant.recipes.changes import EditTask
from assistant.recipes.commit_style import message_of, problems_of, style_of
from assistant.recipes.errors import EditError
from assistant.recipes.findings import findings_of

SHOWN = {"src/a.py": frozenset(range(10, 21)), "src/b.py": frozenset({3, 4, 9})}

FINDINGS = [
    ("src/a.py:12: wrong", [("src/a.py", 12, 12, "wrong")], 0),
    ("- src/a.py:12-14: wrong", [("src/a.py", 12, 14, "wrong")], 0),
    ("1. **src/a.py:12** - wrong", [("src/a.py", 12, 12, "wrong")], 0),
    ("* `src/a.py:12` wrong", [("src/a.py", 12, 12, "wrong")], 0),
    ("[src/a.py:12-13]: wrong", [("src/a.py", 12, 13, "wrong")], 0),
    ("It is wrong [src/a.py:12].", [("src/a.py", 12, 12, "It is wrong")], 0),
    ("src/a.py:12:5: wrong", [("src/a.py", 12, 12, "wrong")], 0),
    ("b/src/a.py:12: wrong", [("src/a.py", 12, 12, "wrong")], 0),
    ("a.py:12: wrong", [("src/a.py", 12, 12, "wrong")], 0),
    ("src/a.py:12: wrong\n  since it is\n\nMore words.", [("src/a.py", 12, 12, "wrong since it is")], 0),
    ("src/a.py:12: one\nsrc/a.py:12: one", [("src/a.py", 12, 12, "one")], 0),
    ("src/a.py:19-30: long", [("src/a.py", 19, 20, "long")], 0),
    ("src/b.py:4-8: gap", [("src/b.py", 4, 4, "gap")], 0),
    ("src/a.py:9: before", [], 1),
    ("src/b.py:5: between", [], 1),
    ("src/c.py:12: no file", [], 1),
    ("/etc/passwd:12: no file", [], 1),
    ("src/a.py:12:", [], 1),
    ("Nothing found.", [], 0),
    ("", [], 0),
]


@pytest.mark.parametrize(("answer", "kept", "dropped"), FINDINGS)
def test_findings_name_lines_that_were_shown(
    answer: str, kept: list[tuple[str, int, int, str]], dropped: int
) -> None:
    found = findings_of(answer, SHOWN)
    assert [(item.path, item.start_line, item.end_line, item.text) for item in found.kept] == kept
    assert found.dropped == dropped


def test_what_is_said_besides_findings_is_kept() -> None:
    assert findings_of("Nothing found.", SHOWN).remark == "Nothing found."


CONVENTIONAL = ["feat(ui): add a button", "fix: repair it", "chore!: drop it", "docs: say so", "Tidy up"]
AREAS = ["net/http: close the body", "cmd/go: list files", "runtime: fix a race"]


@pytest.mark.parametrize(
    ("subjects", "conventional", "prefix", "capitalised", "full_stop"),
    [
        (CONVENTIONAL, True, "", False, False),
        (AREAS, False, "area", False, False),
        (["ABC-1 Add it", "ABC-22 Mend it", "[ABC-3] Drop it"], False, "ticket", True, False),
        (["Add a thing.", "Mend a thing."], False, "", True, True),
        (["note: this", "hint: that", "idea: more"], False, "area", False, False),
        (["Merge branch x", "Add y"], False, "", True, False),
        ([], False, "", True, False),
    ],
)
def test_the_form_of_commit_messages_is_read(
    subjects: list[str], conventional: bool, prefix: str, capitalised: bool, full_stop: bool
) -> None:
    style = style_of(subjects)
    assert (style.conventional, style.prefix, style.capitalised, style.full_stop) == (
        conventional,
        prefix,
        capitalised,
        full_stop,
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("feat: add", "feat: add"),
        ("```\nfeat: add\n\nSince.\n```", "feat: add\n\nSince."),
        ('Here is the commit message:\n\n"feat: add"\n', "feat: add"),
        ("Sure! Here you go:\n```text\nfeat: add\n```\nHope it helps.", "feat: add"),
        ("**feat: add**", "feat: add"),
        ("feat: add\nSince.", "feat: add\n\nSince."),
        ("feat: add `x`", "feat: add `x`"),
        ("  \n", ""),
    ],
)
def test_the_message_is_taken_out_of_an_answer(answer: str, message: str) -> None:
    assert message_of(answer) == message


def test_what_does_not_fit_is_said() -> None:
    style = style_of(CONVENTIONAL)
    assert problems_of("feat(x): fine", style) == []
    assert problems_of("feature: no", style) == ['"feature" is no type of commit that is used here']
    assert "72 are usual" in problems_of("fix: " + "x" * 80, style)[0]


def fence(code: str) -> str:
    return f"```\n{code}```\n"


PYTEST = "import os\n\n\ndef test_a():\n    assert os\n"
UNITTEST = (
    "import unittest\n\n\nclass TestA(unittest.TestCase):\n    def test_a(self):\n        pass\n\n\n"
    "if __name__ == '__main__':\n    unittest.main()\n"
)
JAVA = "import org.junit.Test;\n\npublic class ATest {\n    @Test\n    public void a() {\n    }\n}\n"
RUST = (
    "fn a() -> i32 {\n    1\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n"
    "    #[test]\n    fn one() {\n        assert_eq!(a(), 1);\n    }\n}\n"
)
EXUNIT = 'defmodule ATest do\n  use ExUnit.Case\n\n  test "a" do\n    assert true\n  end\nend\n'

ADDED = {
    "a function": ("t.py", PYTEST, "def test_b():\n    pass\n", PYTEST + "\n\ndef test_b():\n    pass\n"),
    "a function and imports": (
        "t.py",
        PYTEST,
        "import os\nimport re\n\n\ndef test_b():\n    assert re\n",
        PYTEST.replace("import os\n", "import os\nimport re\n") + "\n\ndef test_b():\n    assert re\n",
    ),
    "the whole file with more": (
        "t.py",
        PYTEST,
        PYTEST + "\n\ndef test_b():\n    pass\n",
        PYTEST + "\n\ndef test_b():\n    pass\n",
    ),
    "a method in the class of that name": (
        "t.py",
        UNITTEST,
        "class TestA(unittest.TestCase):\n    def test_b(self):\n        pass\n",
        UNITTEST.replace(
            "        pass\n\n\nif", "        pass\n\n    def test_b(self):\n        pass\n\n\nif"
        ),
    ),
    "a class of another name": (
        "t.py",
        PYTEST,
        "class TestB:\n    def test_b(self):\n        pass\n",
        PYTEST + "\n\nclass TestB:\n    def test_b(self):\n        pass\n",
    ),
    "a file without an end": (
        "t.py",
        PYTEST.removesuffix("\n"),
        "def test_b():\n    pass\n",
        PYTEST + "\n\ndef test_b():\n    pass",
    ),
    "windows ends": (
        "t.py",
        PYTEST.replace("\n", "\r\n"),
        "def test_b():\n    pass\n",
        (PYTEST + "\n\ndef test_b():\n    pass\n").replace("\n", "\r\n"),
    ),
    "a Java method": (
        "ATest.java",
        JAVA,
        "@Test\npublic void b() {\n}\n",
        JAVA.replace("    }\n}\n", "    }\n\n    @Test\n    public void b() {\n    }\n}\n"),
    ),
    "a Java class with a new method": (
        "ATest.java",
        JAVA,
        "public class ATest {\n    @Test\n    public void b() {\n    }\n}\n",
        JAVA.replace("    }\n}\n", "    }\n\n    @Test\n    public void b() {\n    }\n}\n"),
    ),
    "a Rust function": (
        "a.rs",
        RUST,
        "#[test]\nfn two() {\n    assert!(a() < 2);\n}\n",
        RUST.replace(
            "    }\n}\n", "    }\n\n    #[test]\n    fn two() {\n        assert!(a() < 2);\n    }\n}\n"
        ),
    ),
    "the first Rust tests": (
        "a.rs",
        "fn a() {}\n",
        "#[test]\nfn two() {\n    a();\n}\n",
        "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n"
        "    #[test]\n    fn two() {\n        a();\n    }\n}\n",
    ),
    "an Elixir test": (
        "a_test.exs",
        EXUNIT,
        'test "b" do\n  assert true\nend\n',
        EXUNIT.replace("  end\nend\n", '  end\n\n  test "b" do\n    assert true\n  end\nend\n'),
    ),
    "a JavaScript test": (
        "a.test.js",
        "test('a', () => {});\n",
        "test('b', () => {});\n",
        "test('a', () => {});\n\ntest('b', () => {});\n",
    ),
    "a Go test": (
        "a_test.go",
        'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n',
        "func TestB(t *testing.T) {}\n",
        'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n\nfunc TestB(t *testing.T) {}\n',
    ),
}


@pytest.mark.parametrize("name", ADDED)
def test_tests_are_added_where_they_belong(name: str) -> None:
    path, text, code, expected = ADDED[name]
    assert added_tests(fence(code), EditTask(path, text)).change.new == expected


REFUSED = {
    "no code": ("Nothing to add.", "holds no tests"),
    "a test that is there": (fence("def test_a():\n    pass\n"), "has test_a already"),
    "a diff that changes a test": (fence("@@\n-    assert os\n+    assert not os\n"), "may only be added to"),
    "what does not parse": (fence("def test_b(:\n"), "syntax error"),
    "what was left out": (
        fence("def test_b():\n    # ... rest of the test ...\n    pass\n"),
        "leaves code out",
    ),
    "what was cut": ("```\ndef test_b():\n    pass\n", "cut off"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_additions_that_are_not_sure_are_refused(name: str) -> None:
    answer, reason = REFUSED[name]
    with pytest.raises(EditError) as raised:
        added_tests(answer, EditTask("t.py", PYTEST))
    assert reason in str(raised.value)


def test_a_new_file_is_taken_from_a_block_or_a_diff() -> None:
    assert new_test_file(fence(PYTEST), "tests/test_b.py").change.new == PYTEST
    lines = "".join(f"+{line}\n" for line in PYTEST.splitlines())
    diff = f"```diff\n--- /dev/null\n+++ b/tests/test_b.py\n@@ -0,0 +1,5 @@\n{lines}```\n"
    assert new_test_file(diff, "tests/test_b.py").change.new == PYTEST
    with pytest.raises(EditError, match="holds no tests"):
        new_test_file("I would rather not.", "tests/test_b.py")
    with pytest.raises(EditError, match="syntax error"):
        new_test_file(fence("def test_b(:\n"), "tests/test_b.py")
