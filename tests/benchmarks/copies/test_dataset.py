from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from benchmarks.copies import dataset
from benchmarks.copies.model import COPIES, Form, Kind, read_queries
from benchmarks.copies.tokens import parse

GitRepository = Callable[[str, dict[str, str]], str]


def python_module(seed: int) -> str:
    """A module of functions whose names and arithmetic are drawn, so that no two modules share a fragment."""
    random = Random(seed)

    def name() -> str:
        return "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=7))

    lines = ["import os", ""]
    for _ in range(8):
        argument, total, item = name(), name(), name()
        lines += [f"def {name()}({argument}, {total}=0):", f'    """{name()} {name()}."""']
        for _ in range(6):
            lines += [f"    for {item} in {name()}({argument}):  # {name()}"]
            lines += [f"        {total} += {item}.{name()} * {random.randrange(9999)} - {argument}[{name()}]"]
        lines += [f"    return {total}.{name()}({argument})", ""]
    return "\n".join(lines) + "\n"


@pytest.fixture
def made(tmp_path: Path, git_repository: GitRepository, capsys: pytest.CaptureFixture[str]) -> Path:
    corpus = git_repository("a+corpus", {f"src/module{i}.py": python_module(i) for i in range(8)})
    other = git_repository("b+other", {f"src/other{i}.py": python_module(100 + i) for i in range(8)})
    splits = tmp_path / "splits.toml"
    splits.write_text(
        f'[small.corpus]\n"a/corpus" = "{corpus}"\n[small.negatives]\n"b/other" = "{other}"\n', "utf-8"
    )
    options = ["--split", "small", "--splits", str(splits), "--mirror", str(tmp_path / "mirror")]
    assert dataset.main([*options, "--into", str(tmp_path / "set"), "--each", "2"]) == 0
    assert "verbatim: 20" in capsys.readouterr().out
    return tmp_path / "set"


def squeezed(text: str, suffix: str = ".py") -> str:
    return "".join("".join(token.text.split()) for token in parse(text, suffix).tokens if not token.comment)


@pytest.mark.slow
def test_every_copy_stands_where_its_truth_says(made: Path) -> None:
    queries = [query for query in read_queries(made / "queries.jsonl") if query.sources]
    assert {(query.kind, query.form) for query in queries} == {
        (kind, form) for kind in COPIES for form in Form
    }
    for query in queries:
        copy = "\n".join(query.text.split("\n")[query.start_line - 1 : query.end_line])
        for source in query.sources:
            lines = (made / "corpus" / source.file).read_text("utf-8").split("\n")
            original = "\n".join(lines[source.start_line - 1 : source.end_line])
            same = squeezed(copy) == squeezed(original)
            assert same == (query.kind in (Kind.VERBATIM, Kind.REFORMATTED, Kind.COMMENTS))


@pytest.mark.slow
def test_negatives_are_fragments_that_the_corpus_lacks(made: Path) -> None:
    corpus = [squeezed(path.read_text("utf-8")) for path in (made / "corpus").rglob("*.py")]
    fragments = [query for query in read_queries(made / "queries.jsonl") if query.kind is Kind.FRAGMENT]
    assert len(fragments) == 10
    assert not any(squeezed(query.text) in text for query in fragments for text in corpus)


@pytest.mark.slow
def test_a_host_holds_the_copy_and_otherwise_its_own_lines(made: Path) -> None:
    for query in read_queries(made / "queries.jsonl"):
        if query.form is Form.EMBEDDED:
            lines = query.text.split("\n")
            rest = lines[: query.start_line - 2] + lines[query.end_line + 1 :]
            host = re.search(r" in (.*)$", query.note)
            assert host is not None
            own = (made / "negatives" / host[1]).read_text("utf-8")
            assert "\n".join(rest).rstrip() == own.rstrip()


@pytest.mark.slow
def test_the_set_says_how_it_was_made(made: Path) -> None:
    facts = json.loads((made / "set.json").read_text("utf-8"))
    assert facts["split"] == "small"
    assert facts["queries"]["verbatim"] == 20
    assert facts["negative_lines"] == sum(
        path.read_text("utf-8").count("\n") for path in (made / "negatives").rglob("*.py")
    )


def test_an_unknown_split_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dataset.main(["--split", "none", "--mirror", "x", "--into", str(tmp_path / "set")]) == 2
    assert "tuning" in capsys.readouterr().err


def test_a_missing_repository_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--split", "tuning", "--mirror", str(tmp_path), "--into", str(tmp_path / "set")]
    assert dataset.main([*options, "--only", "psf/requests"]) == 2
    assert "psf/requests" in capsys.readouterr().err


def test_an_existing_folder_is_not_written_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dataset.main(["--split", "tuning", "--mirror", "x", "--into", str(tmp_path)]) == 2
    assert "--into" in capsys.readouterr().err
