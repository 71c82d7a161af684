from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from benchmarks import query_speed, search_quality
from benchmarks.assist_command import Assist
from benchmarks.query_set import QuerySetError, load


@pytest.fixture
def bench(tree: Path, tmp_path: Path) -> Path:
    """A query set over one repository, whose second question the tiny command cannot answer."""
    folder = tmp_path / "bench"
    folder.mkdir()
    repository = {
        "repo": "tree",
        "github": "o/tree",
        "revision": "0",
        "root": "package0",
        "language": "python",
    }
    queries = [
        {
            "repo": "tree",
            "query": "function2",
            "category": "symbol",
            "targets": [{"path": "package0/module2.py"}],
        },
        {
            "repo": "tree",
            "query": "nothing",
            "category": "semantic",
            "targets": [{"path": "package0/module0.py"}],
        },
    ]
    (folder / "repos.jsonl").write_text(json.dumps(repository) + "\n", "utf-8")
    (folder / "queries.jsonl").write_text("".join(json.dumps(query) + "\n" for query in queries), "utf-8")
    return folder


def test_the_root_folder_is_indexed_and_its_queries_scored(
    bench: Path, tree: Path, tiny_assist: Assist
) -> None:
    scored = search_quality.ask_all(tiny_assist, load(bench, tree.parent))
    assert [(one.query.category, one.ndcg, one.hit_1) for one in scored] == [
        ("symbol", 1.0, True),
        ("semantic", 0.0, False),
    ]
    assert scored[0].answer.hits[0].path == "module2.py"


def test_main_writes_results_and_records_figures(
    bench: Path, tree: Path, tiny_assist: Assist, tmp_path: Path
) -> None:
    options = [
        "--bench",
        str(bench),
        "--repos",
        str(tree.parent),
        "--assist",
        shlex.join(tiny_assist.command),
    ]
    results = tmp_path / "RESULTS.md"
    outputs = ["--out", str(tmp_path / "out"), "--record", "--results-file", str(results)]
    assert search_quality.main([*options, *outputs]) == 0
    (first, _) = (tmp_path / "out" / "assist.jsonl").read_text("utf-8").splitlines()
    assert json.loads(first) == {
        "repo": "tree",
        "query": "function2",
        "ms": 0.5,
        "results": [{"path": "module2.py", "start_line": 1, "end_line": 9}],
    }
    assert "| NDCG@10 | 0.5000 | - | 2 queries, 1 repositories of code-search |" in results.read_text("utf-8")


def test_an_edit_is_seen_by_the_next_process(
    tree: Path, tiny_assist: Assist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_speed, "UPDATE_FILES", 5)
    rows = query_speed.updates(tiny_assist, tree, runs=2)
    assert rows[0].name == "edit until a search sees it, whole process"
    assert rows[0].result.startswith("median ")


def test_a_missing_repository_says_what_to_pass(bench: Path, tmp_path: Path) -> None:
    with pytest.raises(QuerySetError, match="pass --repos"):
        load(bench, tmp_path / "nowhere")
