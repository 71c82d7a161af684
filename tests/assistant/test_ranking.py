"""Order of results: evidence, equal scores, what is asked for; the weights are the benchmark's business."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.engine import Engine
from assistant.retrieval import traces
from assistant.retrieval.query import Query, parse_query
from assistant.retrieval.ranking import WEIGHTS_BY_SHAPE, asked_roles, shape_of, weights_for
from assistant.retrieval.words import inverse_document_frequency, query_terms
from indexer.discovery import Role
from indexer.lexical.terms import TermExpander
from tests.assistant.search_support import FILES, engine_in, write_files


def parsed(raw: str) -> Query:
    return parse_query(raw, is_trace=traces.is_trace)


def order(tmp_path: Path, files: dict[str, str | bytes], raw: str, limit: int = 10) -> list[str]:
    root = write_files(tmp_path / "repo", files)
    engine = engine_in(tmp_path)
    engine.update(root)
    return [result.path for result in engine.search(raw, [root], limit).results]


@pytest.mark.parametrize(
    ("raw", "role"),
    [
        ("router", Role(0)),
        ("tests for the router", Role.TEST),
        ("router, tested?", Role.TEST),
        ("path:spec router", Role.TEST),
        ("path:src/tests router", Role.TEST),
        ("path:test_router.py x", Role.TEST),
        ("path:examples router", Role.EXAMPLE),
        ("path:docs router", Role.DOCS),
        ("path:vendor router", Role.VENDORED),
        ("-path:tests router", Role(0)),
        ("tests/test_router.py", Role.TEST),
    ],
)
def test_roles_that_are_asked_for(raw: str, role: Role) -> None:
    assert asked_roles(parsed(raw)) == role


@pytest.mark.parametrize(
    ("raw", "shape"),
    [
        ("how are sessions kept", "questions"),
        ("Where is the timeout set?", "questions"),
        ("how FromRequest is implemented", "questions"),
        ("howler sound effects", "words"),
        ("retry with backoff", "words"),
        ("say how", "words"),
        ("how", "names"),
        ("WhereClause", "names"),
    ],
)
def test_the_shape_of_a_query_chooses_its_weights(raw: str, shape: str) -> None:
    assert shape_of(parsed(raw)) == shape
    assert weights_for(parsed(raw)) is WEIGHTS_BY_SHAPE[shape]


BODY = "def handle_request(request):\n    return request.body\n"


@pytest.mark.parametrize("folder", ["tests", "examples", "vendor", "generated", "benchmarks"])
def test_code_comes_before_what_is_beside_it(tmp_path: Path, folder: str) -> None:
    files: dict[str, str | bytes] = {f"{folder}/handler.py": BODY, "zzz/handler.py": BODY}
    for raw in ("handle_request", "how are requests handled", '"handle_request"', "sym:handle_request"):
        assert order(tmp_path, files, raw)[0] == "zzz/handler.py", raw
    assert order(tmp_path, files, f"path:{folder} handle_request") == [f"{folder}/handler.py"]


def test_definitions_come_before_uses(tmp_path: Path) -> None:
    uses = "\n".join(f"x{number} = compute_total(items)" for number in range(30)) + "\n"
    files: dict[str, str | bytes] = {
        "a_uses.py": f"from totals import compute_total\n{uses}",
        "z_totals.py": "def compute_total(items):\n    return sum(items)\n",
    }
    for raw in ("compute_total", "compute_total()", '"compute_total"', "totals.compute_total"):
        assert order(tmp_path, files, raw)[0] == "z_totals.py", raw


def test_a_file_named_after_a_type_comes_first(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "src/a/Registry.java": "package a;\n\nclass Registry {\n  void add() {}\n}\n",
        "src/a/App.java": "package a;\n\nclass App {\n  class Registry {}\n  Registry registry = new Registry();\n}\n",
    }
    assert order(tmp_path, files, "Registry")[0] == "src/a/Registry.java"


def test_one_file_does_not_fill_the_list(tmp_path: Path) -> None:
    large = "\n\n".join(
        f"def widget_{n}(widget):\n    return paint_widget(widget, {n})  # {'widget ' * 60}"
        for n in range(20)
    )
    files: dict[str, str | bytes] = {"widgets.py": large}
    files |= {f"other{number}.py": f"def use_{number}(widget):\n    return widget\n" for number in range(5)}
    found = order(tmp_path, files, "widget", 8)
    assert set(found) >= {f"other{number}.py" for number in range(5)}


def test_equal_scores_are_in_the_order_of_paths_however_the_index_grew(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    names = [f"{letter}/same.py" for letter in "hbfdacge"]
    engine = engine_in(tmp_path)
    for name in names:  # one update a file: rows are in another order than paths
        write_files(root, {name: BODY})
        engine.update(root)
    # By meaning the folders' names differ a little; by words the files are equal.
    by_words = Engine(replace(engine.settings, embedder=str(tmp_path / "none")))
    for raw in ("handle_request", "request body", '"request"', "/request/", "sym:handle_request", "same.py"):
        results = by_words.search(raw, [root], 20).results
        assert [result.path for result in results] == sorted(names), raw
        assert [r.path for r in by_words.search(raw, [root], 3).results] == sorted(names)[:3], raw


def test_an_incremental_index_ranks_as_a_full_one(tmp_path: Path, acme: Path, acme_engine: Engine) -> None:
    root = tmp_path / "acme"
    engine = engine_in(tmp_path)
    for name in sorted(FILES, reverse=True):
        write_files(root, {name: FILES[name]})
        if len(name) % 3 == 0:
            engine.update(root)
    engine.update(root)
    for raw in (
        "TCPConnector",
        "retry with backoff",
        "connect",
        "/def /",
        '"pool"',
        "kind:class",
        "path:src",
    ):
        full = [(r.path, r.start_line, r.lines) for r in acme_engine.search(raw, [acme], 30).results]
        grown = [(r.path, r.start_line, r.lines) for r in engine.search(raw, [root], 30).results]
        assert set(grown) == set(full), raw
        assert grown[0] == full[0], raw


def test_scores_may_be_negative_and_are_still_in_order(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "tests/deep/down/here/test_a.py": "x = 1  # rare_word\n",
        "tests/b.md": "rare_word\n" + "filler text\n" * 40,
    }
    root = write_files(tmp_path / "repo", files)
    engine = engine_in(tmp_path)
    engine.update(root)
    scores = [result.score for result in engine.search("something about rare_word here", [root]).results]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize(
    ("raw", "terms"),
    [
        ("how is the TCPConnector closed", ("tcp", "connector", "=tcpconnector", "close")),
        ("the of and", ("the", "of", "and")),
        ("retry retries", ("retri",)),
        ("getUserName", ("get", "user", "name", "=getusername")),
    ],
)
def test_terms_of_a_query(raw: str, terms: tuple[str, ...]) -> None:
    assert query_terms(parsed(raw), TermExpander()).terms == terms


def test_compounds_are_neighbouring_words() -> None:
    compounds = dict(query_terms(parsed("how does the connection pool grow"), TermExpander()).compounds)
    assert compounds == {"=connectionpool": 2, "=poolgrow": 2, "=connectionpoolgrow": 3}


def test_rare_terms_weigh_more() -> None:
    weights = [inverse_document_frequency(frequency, 100) for frequency in (0, 1, 10, 100)]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
