from pathlib import Path

import pytest

from assistant.answers import Answer, answer
from assistant.answers.about import About, asked_about
from assistant.answers.documents import license_name, opening
from assistant.answers.manifests import Fact, Topic, facts_of
from assistant.answers.places import CurrentFile
from assistant.engine import Engine
from assistant.settings import Settings
from tests.assistant.search_support import engine_in, write_files

FILES = {
    "README.md": """\
# Petrel

[![build](https://ci.example/b.svg)](https://ci.example)

Petrel turns **paper forms** into tables. It runs anywhere.

## Usage

```sh
petrel scan form.png
```

## Running the tests

Install the extras, then:

    make test

## Contributing

Open a pull request.
""",
    "pyproject.toml": """\
[project]
name = "petrel"
description = "Tables from paper forms"
license = "MIT"
dependencies = [
  "numpy>=2",
  "pillow",
]

[project.scripts]
petrel = "petrel.cli:main"
""",
    "Makefile": "test: deps\n\tpytest -q\n\ndeps:\n\ttrue\n",
    "LICENSE": "MIT License\n\nPermission is hereby granted, free of charge, to any person\n",
    "petrel/cli.py": "def main():\n    return scan_form()\n",
    "tests/test_cli.py": "def main():\n    pass\n",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root, cache = tmp_path_factory.mktemp("repo"), tmp_path_factory.mktemp("cache")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    engine = Engine(Settings(Path(cache), Path(cache) / "config.toml"))
    engine.update(root)
    return engine


def asked(engine: Engine, tmp: pytest.TempPathFactory, question: str) -> Answer:
    root = next(path for path in tmp.getbasetemp().iterdir() if path.name.startswith("repo"))
    return answer(engine.searcher([root]), question)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("what is this?", About.PURPOSE),
        ("What does this project do?", About.PURPOSE),
        ("what's petrel for?", About.PURPOSE),
        ("how do I run the tests?", About.TEST),
        ("how to run all unit tests", About.TEST),
        ("How can we test this?", About.TEST),
        ("how do I install it?", About.INSTALL),
        ("how do I set up the project for development", About.INSTALL),
        ("how do I build petrel from source?", About.BUILD),
        ("how do I use this library?", About.RUN),
        ("how do I get started?", About.RUN),
        ("what licence?", About.LICENSE),
        ("under which license is this released under", About.LICENSE),
        ("what does it depend on?", About.DEPENDENCIES),
        ("what are the dependencies?", About.DEPENDENCIES),
        ("what are the entry points?", About.ENTRY),
        ("where is main?", About.ENTRY),
        ("how is the code organised?", About.STRUCTURE),
        ("what language is this written in?", About.STRUCTURE),
        ("how do I contribute?", About.CONTRIBUTE),
        ("where is it configured?", About.CONFIGURE),
        ("how do I configure petrel?", About.CONFIGURE),
        ("where are the settings?", About.CONFIGURE),
        ("which options does it have?", About.CONFIGURE),
        ("where is the cache configured?", None),
        ("how do I configure a handler?", None),
        ("how does the test client run requests?", None),
        ("what does the parser do?", None),
        ("what is a router?", None),
        ("where are tests discovered?", None),
        ("how do I build a query?", None),
        ("how do I install a middleware?", None),
        ("what licence header does the generator write?", None),
        ("what does Session depend on?", None),
        ("how is the cache structured?", None),
        ("how do I run a migration?", None),
        ("where does the request start?", None),
    ],
)
def test_only_questions_about_the_whole_repository_are_taken(question: str, about: About | None) -> None:
    assert asked_about(question, ["petrel"]) is about


def test_a_folder_with_a_common_name_is_not_what_is_asked_about() -> None:
    assert asked_about("what does main do?", ["main"]) is None


@pytest.mark.parametrize(
    ("question", "statement", "place"),
    [
        ("what is this?", "“Tables from paper forms”, says pyproject.toml:3.", "README.md:5"),
        ("how do I run the tests?", "Run the tests with `make test` (Makefile:1-2).", "Makefile:1-2"),
        ("how do I use it?", '"Usage" in README.md:7-12 says how.', "README.md:7-12"),
        ("what licence?", "The licence is MIT, by the text of LICENSE.", "LICENSE:1-3"),
        (
            "what does it depend on?",
            "It depends on `numpy`, `pillow` (pyproject.toml:5-8).",
            "pyproject.toml:5-8",
        ),
        (
            "what are the entry points?",
            "Entry points: pyproject.toml:11, `main` (petrel/cli.py:1-2)",
            "pyproject.toml:11",
        ),
        ("how do I contribute?", "README.md:19-21 is for contributors.", "README.md:19-21"),
        ("how is this project structured?", "6 files, mostly Python (2).", "README.md:5"),
    ],
)
def test_answers_from_documents_and_manifests(
    ask: Engine, tmp_path_factory: pytest.TempPathFactory, question: str, statement: str, place: str
) -> None:
    found = asked(ask, tmp_path_factory, question)
    assert found.found
    assert found.statement.startswith(statement)
    assert found.passages[0].result.location == place


def test_every_line_shown_is_in_its_file(ask: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    for question in ("what is this?", "how do I run the tests?", "what licence?", "how do I contribute?"):
        for shown in asked(ask, tmp_path_factory, question).passages:
            lines = FILES[shown.result.path].split("\n")
            assert shown.lines
            assert all(lines[line.number - 1] == line.text for line in shown.lines)


def test_what_no_document_tells_is_not_found(ask: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = asked(ask, tmp_path_factory, "how do I build it?")
    assert not found.found
    assert found.passages == ()
    assert found.statement.endswith("says how to build it.")


def of(path: str, text: str, topic: Topic) -> list[tuple[str, tuple[int, ...]]]:
    return [(fact.text, fact.lines) for fact in facts_of(path, text.splitlines()) if fact.topic is topic]


@pytest.mark.parametrize(
    ("path", "text", "topic", "facts"),
    [
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n  attrs\n  yarl>=1\n",
            Topic.DEPENDENCIES,
            [("attrs, yarl", (2, 3, 4))],
        ),
        (
            "package.json",
            '{\n "name": "x",\n "scripts": {\n  "test": "mocha"\n },\n "dependencies": {\n  "a": "1"\n }\n}',
            Topic.TEST,
            [("npm test", (4,))],
        ),
        (
            "package.json",
            '{\n "dependencies": {\n  "a": "1",\n  "b": "2"\n }\n}',
            Topic.DEPENDENCIES,
            [("a, b", (2, 3, 4, 5))],
        ),
        ("package.json", "{ not json", Topic.TEST, []),
        (
            "Cargo.toml",
            '[package]\nname = "x"\n[dependencies]\nserde = "1"\n',
            Topic.DEPENDENCIES,
            [("serde", (4,))],
        ),
        ("Cargo.toml", '[package]\nname = "x"\n', Topic.TEST, [("cargo test", (1,))]),
        (
            "go.mod",
            "module example.com/x\n\nrequire (\n\tgolang.org/x/net v1.0.0\n\ta.b/c v2 // indirect\n)\n",
            Topic.DEPENDENCIES,
            [("golang.org/x/net", (4,))],
        ),
        (
            "mix.exs",
            'defp deps do\n  [\n    {:jason, "~> 1.0"}\n  ]\n',
            Topic.DEPENDENCIES,
            [("jason", (3,))],
        ),
        ("Gemfile", "gem 'rack', '~> 3'\ngem \"puma\"\n", Topic.DEPENDENCIES, [("rack, puma", (1, 2))]),
        (
            "pom.xml",
            "<project>\n<dependency>\n<artifactId>junit</artifactId>\n</dependency>\n</project>",
            Topic.DEPENDENCIES,
            [("junit", (3,))],
        ),
        (
            "CMakeLists.txt",
            "project(x)\nenable_testing()\n",
            Topic.BUILD,
            [("cmake -B build && cmake --build build", (1,))],
        ),
        ("composer.json", '{\n"scripts": {\n"test": "phpunit"\n}\n}', Topic.TEST, [("composer test", (3,))]),
        ("requirements.txt", "# pinned\nflask==3\n-r other.txt\n", Topic.DEPENDENCIES, [("flask", (2,))]),
        ("build.gradle.kts", "plugins {}\n", Topic.TEST, [("./gradlew test", (1,))]),
        ("tox.ini", "[tox]\n", Topic.TEST, [("tox", (1,))]),
        ("Makefile", "test:= x\ncheck: a b\n\tgo test\n", Topic.TEST, [("make check", (2, 3))]),
        ("notes.txt", "test: x\n", Topic.TEST, []),
    ],
)
def test_manifests_are_read_line_by_line(
    path: str, text: str, topic: Topic, facts: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert of(path, text, topic) == facts


def test_what_only_the_kind_of_project_implies_is_marked() -> None:
    facts = facts_of("Cargo.toml", ["[package]"])
    assert [fact for fact in facts if fact.topic is Topic.TEST] == [
        Fact(Topic.TEST, "cargo test", "Cargo.toml", (1,), is_convention=True)
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Apache License\nVersion 2.0, January 2004", "Apache-2.0"),
        ("Permission is hereby granted, free of charge, to", "MIT"),
        ("GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007", "GPL-3.0"),
        ("Redistributions in binary form must reproduce", "BSD-2-Clause"),
        ("All rights reserved.", ""),
    ],
)
def test_licences_are_known_by_their_text(text: str, name: str) -> None:
    assert license_name(text.splitlines()) == name


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# Petrel\n\n**Note**: The `main` branch may be broken.\n\nPetrel scans forms.\n", [5]),
        ("# Petrel\n\n*Version: 9.1.0 - 2025-11-07*\n\nThis is what scans forms.\n", [5]),
        ("This README is just a start. See the site.\n\nPetrel scans forms.\n", [3]),
        ("Petrel is a scanner of forms, with a focus on being:\n\n* quick and small enough\n", [1]),
        ("To get a table:\n\n* run petrel on it\n", [3]),
    ],
)
def test_a_readme_begins_where_it_says_what_the_matter_is(text: str, lines: list[int]) -> None:
    assert opening(CurrentFile("README.md", "markdown", text.split("\n"), (), changed=False)) == lines


def test_a_manifest_says_nothing_where_it_only_describes_the_build() -> None:
    pom = [
        "<!-- Builds",
        "     everything -->",
        "<project>",
        "<description>Aggregator of modules</description>",
    ]
    told = list(facts_of("pom.xml", [*pom, "</project>"]))
    assert not [fact for fact in told if fact.topic is Topic.PURPOSE]
    assert {fact.lines for fact in told if fact.topic is Topic.TEST} == {(3,)}


def test_settings_are_told_by_headings_and_by_names_of_files(tmp_path: Path) -> None:
    files = {
        "README.md": "# Petrel\n\nPetrel scans forms.\n\n## Configuration\n\nWrite petrel.conf.\n",
        "petrel.conf": "port = 1\n",
        "src/petrel/config.py": "PORT = 1\n",
        "src/petrel/scan.py": "def scan():\n    return it\n",
        "tests/config.py": "PORT = 2\n",
        ".github/config.yml": "a: 1\n",
    }
    root = write_files(tmp_path / "root", files)
    engine = engine_in(tmp_path / "state")
    engine.update(root)
    told = answer(engine.searcher([root]), "where is it configured?")
    assert told.statement == (
        '"Configuration" in README.md:5-7 says how. Called after settings: petrel.conf, src/petrel/config.py.'
    )
    assert [one.result.path for one in told.passages] == ["README.md", "petrel.conf", "src/petrel/config.py"]
