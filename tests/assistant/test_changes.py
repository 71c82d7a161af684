"""Descriptions of changes: how they are told from other queries, and what their scope and imports do in a search."""

from pathlib import Path

import numpy as np
import pytest

from assistant.engine import Engine
from assistant.retrieval import traces
from assistant.retrieval.changes import is_change, scope_of
from assistant.retrieval.explanation import explained
from assistant.retrieval.facts import FileFacts
from assistant.retrieval.query import parse_query
from assistant.retrieval.ranking import shape_of, weights_for
from indexer.lexical.terms import TermExpander
from tests.assistant.search_support import engine_in, write_files

FILES = {
    "plugins/lyrics/fetch.py": "import core.network\n\n\ndef fetch(query):\n    return core.network.retry(query)\n",
    "plugins/lyrics/store.py": "def store(text):\n    return text\n",
    "plugins/covers/fetch.py": "def fetch(query):\n    '''Fetch a query, retry the query.'''\n    return query\n",
    "core/network.py": "def retry(query):\n    '''Retry a query when the server is slow.'''\n    return query\n",
    "core/lyrics_view.py": "def view(text):\n    return text\n",
    "core/server.py": "def listen(port):\n    '''A slow server.'''\n    return port\n",
    "tests/test_network.py": "from core.network import retry\n\n\ndef test_retry():\n    assert retry(1)\n",
}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path]:
    """An engine with the index of the files."""
    folder = tmp_path_factory.mktemp("changes")
    root = write_files(folder / "root", FILES)
    engine = engine_in(folder / "cache")
    engine.update(root)
    return engine, root


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("lyrics: retry a query that failed", ("lyrics",)),
        ("fix(web/socket): close it", ("web", "socket")),
        ("feat!: drop old names", ()),
        ("client/v3: keep the lease", ("client", "v3")),
        ("[core] fetch less", ("core",)),
        ("how is a query retried", None),
        ("when it ends early: what then", None),
        ("std::move is called twice", None),
    ],
)
def test_the_scope_stands_before_the_colon(text: str, scope: tuple[str, ...] | None) -> None:
    assert scope_of(text) == scope


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Fix the retry of queries", "changes"),
        ("lyrics: retry a query", "changes"),
        ("how are queries retried", "questions"),
        ("update and delete statement builders", "words"),
        ("retry of queries", "words"),
        ("fix", "names"),
    ],
)
def test_a_query_has_the_weights_of_its_shape(text: str, shape: str) -> None:
    query = parse_query(text, is_trace=traces.is_trace)
    assert shape_of(query) == shape
    assert query.is_change == (shape == "changes")
    assert is_change(text) or not query.is_change


def test_the_files_that_a_scope_names_come_first(indexed: tuple[Engine, Path]) -> None:
    engine, root = indexed
    plain = [result.path for result in engine.search("retry a query that failed to fetch", [root]).results]
    scoped = engine.search("lyrics: retry a query that failed to fetch", [root]).results
    assert plain[0] != "plugins/lyrics/fetch.py"
    assert scoped[0].path == "plugins/lyrics/fetch.py"
    query = parse_query("lyrics: retry a query that failed to fetch", is_trace=traces.is_trace)
    shares = explained(scoped[0], weights_for(query))
    assert any(share.meaning == "named like what the change is said to be about" for share in shares)


def test_a_scope_counts_most_for_names_then_folders_then_parts_of_names(indexed: tuple[Engine, Path]) -> None:
    engine, root = indexed
    snapshot = engine.searcher([root]).sources[0].snapshot
    facts = FileFacts(snapshot, TermExpander())
    values = dict(zip(snapshot.paths, facts.named_parts.scope(("lyrics",)).tolist(), strict=True))
    assert values["plugins/lyrics/store.py"] > values["core/lyrics_view.py"] > values["core/server.py"] == 0.0
    named = dict(zip(snapshot.paths, facts.named_parts.scope(("network",)).tolist(), strict=True))
    assert named["core/network.py"] == max(named.values()) > 0.0


def test_the_graph_of_imports_leads_both_ways_among_code(indexed: tuple[Engine, Path]) -> None:
    engine, root = indexed
    snapshot = engine.searcher([root]).sources[0].snapshot
    graph = FileFacts(snapshot, TermExpander()).imports
    rows = {path: row for row, path in enumerate(snapshot.paths)}
    scores = np.full(len(rows), -np.inf, np.float32)
    scores[rows["plugins/lyrics/fetch.py"]], scores[rows["core/server.py"]] = 2.0, 1.0
    assert np.flatnonzero(graph.imported_by_best(scores)).tolist() == [rows["core/network.py"]]
    assert not graph.importing_best(scores).any()
    scores[rows["core/network.py"]] = 3.0
    assert np.flatnonzero(graph.importing_best(scores)).tolist() == [rows["plugins/lyrics/fetch.py"]]
    assert not graph.imported_by_best(np.full(len(rows), -np.inf, np.float32)).any()


def test_what_the_best_file_imports_is_said_to_be_evidence(indexed: tuple[Engine, Path]) -> None:
    engine, root = indexed
    found = engine.search("how does the lyrics fetch retry a query", [root]).results
    by_path = {result.path: result for result in found}
    assert by_path["core/network.py"].evidence["imported_by_hits"] > 0
    tests = engine.search("where are tests of retry for the lyrics fetch", [root]).results
    assert all("imported_by_hits" not in result.evidence for result in tests)
