import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.chunking import ParsedSource, parse_source
from indexer.discovery import DiscoveryRules, SkipReason
from indexer.errors import IndexBusyError, RootError
from indexer.index import pipeline
from indexer.index.analysis import Analyser
from indexer.index.generations import IndexDirectory
from indexer.index.snapshot import open_snapshot
from indexer.index.update import skipped_files, update_index
from indexer.languages import Language
from tests.indexer.discovery_trees import git
from tests.indexer.index_support import (
    FILES,
    HashEmbedder,
    Project,
    content_of,
    counted_opens,
    files_with,
    make_project,
    settle,
    write_files,
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An indexed project whose files are all too old to be taken for just written."""
    project = make_project(tmp_path)
    settle(project.root)
    project.update()
    return project


def skips_of(project: Project) -> dict[str, SkipReason]:
    return {skip.path: skip.reason for skip in project.open().skips}


def test_the_first_update_indexes_every_file(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    report = project.update()
    snapshot = project.open()
    assert (report.wrote, report.analysed, report.removed, report.rebuilt_because) == (True, 4, 0, None)
    assert (report.kept_vectors, report.new_vectors) == (0, len(snapshot.chunks))
    assert sorted(snapshot.paths) == sorted(FILES)
    assert snapshot.vector_coverage() == 1.0
    assert [definition.path for definition in snapshot.definitions_named("pdfreader")] == ["src/readers.py"]
    assert files_with(snapshot, "=pdfreader") == {"src/readers.py"}


def test_facts_say_what_is_in_the_index(project: Project) -> None:
    snapshot = project.open()
    facts = snapshot.generation.facts
    assert facts["root"] == str(project.root)
    assert facts["model"] == project.embedder.model_id
    assert facts["dimensions"] == project.embedder.dimensions == snapshot.vectors.shape[1]
    assert facts["files"] == len(snapshot.files) == 4
    assert facts["chunks"] == facts["embedded"] == len(snapshot.chunks) == len(snapshot.vectors)
    assert facts["definitions"] == len(snapshot.definitions)
    assert facts["source_bytes"] == sum(len(content) for content in FILES.values())
    assert facts["next_uid"] == facts["files"] + facts["chunks"]
    assert not facts["uses_git"]
    assert 0 < facts["started_ns"] < facts["written_ns"]


def test_an_update_without_changes_opens_no_source_file_and_writes_nothing(project: Project) -> None:
    before = sorted(project.directory.folder.rglob("*"))
    with counted_opens(project.root) as opened:
        report = project.update()
    assert opened == []
    assert not report.wrote
    assert report.kept_vectors == len(project.open().chunks)
    assert sorted(project.directory.folder.rglob("*")) == before


def test_an_update_after_an_edit_opens_that_file_alone_and_keeps_all_other_vectors(project: Project) -> None:
    others = sum(
        len(project.open().chunks_of(row)) for row in (0, 1, 2, 3) if row != row_of(project, "README.md")
    )
    write_files(project.root, {"README.md": "# Shop\n\nSells coffee now.\n"})
    with counted_opens(project.root) as opened:
        report = project.update()
    assert opened == ["README.md"]
    assert (report.wrote, report.analysed, report.removed, report.kept_vectors) == (True, 1, 0, others)
    assert files_with(project.open(), "coffe") == {"README.md"}


def row_of(project: Project, path: str) -> int:
    row = project.open().file_row(path)
    assert row is not None
    return row


def test_in_a_git_work_tree_an_update_opens_only_what_was_edited(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    git(project.root, "init", "--quiet")
    git(project.root, "add", "--all")
    settle(project.root)
    project.update()
    write_files(project.root, {"src/new.py": "def brand_new():\n    pass\n"})
    with counted_opens(project.root) as opened:
        project.update()
    assert opened == ["src/new.py"]
    assert project.open().generation.facts["uses_git"]


def test_a_file_written_just_before_indexing_is_read_once_more_and_then_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_ns = 1_700_000_000_500_000_000
    monkeypatch.setattr("indexer.index.update.time.time_ns", lambda: now_ns)
    project = make_project(tmp_path, {"a.py": "a = 1\n"})
    os.utime(project.root / "a.py", ns=(now_ns - 1001, now_ns - 1001))
    project.update()
    seen = []
    for _ in range(4):
        with counted_opens(project.root) as opened:
            wrote = project.update().wrote
        seen.append((opened, wrote))
        now_ns += 40_000_000
    assert seen == [(["a.py"], False), (["a.py"], False), (["a.py"], True), ([], False)]


@pytest.mark.parametrize(("age_ns", "is_seen"), [(0, True), (30_000_000, True), (90_000_000, False)])
def test_an_edit_that_leaves_size_and_time_is_seen_within_a_tick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age_ns: int, is_seen: bool
) -> None:
    project = make_project(tmp_path, {"a.py": "before = 1\n"})
    path = project.root / "a.py"
    started_ns = 1_700_000_000_500_000_000
    monkeypatch.setattr("indexer.index.update.time.time_ns", lambda: started_ns)
    os.utime(path, ns=(started_ns - age_ns, started_ns - age_ns))
    project.update()
    path.write_text("behind = 1\n")
    os.utime(path, ns=(started_ns - age_ns, started_ns - age_ns))
    project.update()
    assert bool(files_with(project.open(), "behind")) == is_seen


def test_times_in_whole_seconds_are_trusted_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path, {"a.py": "before = 1\n"})
    path = project.root / "a.py"
    started_ns = 1_700_000_000_500_000_000
    monkeypatch.setattr("indexer.index.update.time.time_ns", lambda: started_ns)
    os.utime(path, (1_699_999_999, 1_699_999_999))
    project.update()
    path.write_text("behind = 1\n")
    os.utime(path, (1_699_999_999, 1_699_999_999))
    project.update()
    assert files_with(project.open(), "behind") == {"a.py"}


def test_a_touched_file_is_read_but_not_analysed_again(project: Project) -> None:
    chunks = len(project.open().chunks)
    path = project.root / "src/readers.py"
    os.utime(path, ns=(1_650_000_000_000_000_001, 1_650_000_000_000_000_001))
    with counted_opens(project.root) as opened:
        report = project.update()
    assert opened == ["src/readers.py"]
    assert (report.wrote, report.analysed, report.kept_vectors) == (True, 0, chunks)
    with counted_opens(project.root) as opened:
        assert not project.update().wrote
    assert opened == []


def test_a_deleted_file_is_gone_from_every_table(project: Project) -> None:
    (project.root / "src/readers.py").unlink()
    report = project.update()
    snapshot = project.open()
    assert (report.analysed, report.removed) == (0, 1)
    assert "src/readers.py" not in snapshot.paths
    assert snapshot.definitions_named("PdfReader") == []
    assert files_with(snapshot, "=pdfreader") == set()


def test_a_renamed_file_is_found_under_its_new_name_alone(project: Project) -> None:
    (project.root / "src/readers.py").rename(project.root / "src/writers.py")
    report = project.update()
    assert (report.analysed, report.removed) == (1, 1)
    assert files_with(project.open(), "=pdfreader") == {"src/writers.py"}


def test_a_file_replaced_by_a_folder_and_back(project: Project) -> None:
    path = project.root / "README.md"
    path.unlink()
    write_files(project.root, {"README.md/inner.py": "inner = 1\n"})
    project.update()
    assert files_with(project.open(), "inner") == {"README.md/inner.py"}
    (path / "inner.py").unlink()
    path.rmdir()
    write_files(project.root, {"README.md": "outer = 1\n"})
    project.update()
    assert files_with(project.open(), "inner") == set()
    assert files_with(project.open(), "outer") == {"README.md"}


def test_everything_deleted_leaves_an_empty_index_that_can_grow_again(project: Project) -> None:
    for name in FILES:
        (project.root / name).unlink()
    report = project.update()
    assert (report.removed, len(project.open().files), len(project.open().vectors)) == (4, 0, 0)
    write_files(project.root, FILES)
    project.update()
    assert files_with(project.open(), "=pdfreader") == {"src/readers.py"}


@pytest.mark.parametrize(
    "files", [{}, {".gitignore": "*\n", "a.py": "a = 1\n"}, {"empty.py": ""}, {"a.bin": b"\0\1"}]
)
def test_a_folder_without_text_gives_an_index_without_chunks(
    tmp_path: Path, files: dict[str, str | bytes]
) -> None:
    project = make_project(tmp_path, files)
    project.update()
    assert len(project.open().chunks) == 0
    assert project.open().vector_coverage() == 1.0
    write_files(project.root, {"b.py": "beta = 1\n", ".gitignore": ""})
    project.update()
    assert files_with(project.open(), "beta") == {"b.py"}


def test_ignore_files_take_effect_at_once(project: Project) -> None:
    write_files(project.root, {".assistignore": "src/\n"})
    project.update()
    assert sorted(project.open().paths) == sorted([".assistignore", "README.md", "data/settings.toml"])
    assert skips_of(project)["src/"] is SkipReason.EXCLUDED
    (project.root / ".assistignore").unlink()
    project.update()
    assert sorted(project.open().paths) == sorted(FILES)
    assert skips_of(project) == {}


def test_settings_take_effect_at_once(project: Project) -> None:
    project.rules = DiscoveryRules(max_file_bytes=60, exclude=("*.go",))
    project.update()
    assert sorted(project.open().paths) == ["README.md", "data/settings.toml"]
    assert skips_of(project) == {"src/retry.go": SkipReason.EXCLUDED, "src/readers.py": SkipReason.TOO_LARGE}
    project.rules = DiscoveryRules()
    project.update()
    assert sorted(project.open().paths) == sorted(FILES)


def test_files_left_out_for_their_content_are_remembered(tmp_path: Path) -> None:
    project = make_project(tmp_path, {**FILES, "blob.py": b"\0\1\2" * 500})
    settle(project.root)
    project.update()
    assert skips_of(project) == {"blob.py": SkipReason.BINARY}
    with counted_opens(project.root) as opened:
        assert not project.update().wrote
    assert opened == []
    assert [skip.path for skip in skipped_files(project.open().generation)] == ["blob.py"]
    write_files(project.root, {"blob.py": "text = 'now'\n"})
    project.update()
    assert skips_of(project) == {}
    assert files_with(project.open(), "text") == {"blob.py"}


def test_a_file_that_could_not_be_read_is_tried_again_though_its_stat_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path)
    settle(project.root)
    refuse_to_open(monkeypatch, "retry.go")
    project.update()
    assert skips_of(project) == {"src/retry.go": SkipReason.UNREADABLE}
    assert not project.update().wrote, "nothing changed: the file is still unreadable"
    monkeypatch.undo()
    project.update()
    assert files_with(project.open(), "retri") == {"src/retry.go"}


def refuse_to_open(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Deny access to files of a name, as permissions do for anyone but root."""
    open_file = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith(name):
            raise PermissionError(13, "Permission denied", path)
        return open_file(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)


def at_reading(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[Path], object]) -> None:
    """Let something happen to a file between listing and reading it, once."""
    open_file = os.open

    def act_first(path: str, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith(name):
            monkeypatch.setattr(os, "open", open_file)
            act(Path(path))
        return open_file(path, flags, mode)

    monkeypatch.setattr(os, "open", act_first)


def test_a_file_deleted_before_it_is_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path)
    at_reading(monkeypatch, "retry.go", Path.unlink)
    project.update()
    assert skips_of(project) == {"src/retry.go": SkipReason.UNREADABLE}
    project.update()
    assert skips_of(project) == {}


def test_a_file_changed_before_it_is_read_is_indexed_as_it_is_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path)
    settle(project.root)
    at_reading(monkeypatch, "retry.go", lambda path: path.write_text("package changed\n"))
    project.update()
    project.update()
    assert files_with(project.open(), "chang") == {"src/retry.go"}
    assert content_of(project.open()) == content_of(project.fresh(tmp_path / "fresh"))


def test_another_embedding_model_rebuilds_the_index_and_says_why(project: Project) -> None:
    project.embedder = HashEmbedder("other-model")
    report = project.update()
    assert report.rebuilt_because is not None
    assert "other-model" in report.rebuilt_because
    assert report.kept_vectors == 0
    assert project.open().model_id == "other-model"


def test_an_index_made_for_another_folder_is_rebuilt(project: Project, tmp_path: Path) -> None:
    other = make_project(tmp_path / "other", {"only.py": "only = 1\n"})
    report = Project(other.root, project.directory, project.embedder).update()
    assert report.rebuilt_because is not None
    assert str(project.root) in report.rebuilt_because
    assert project.open().paths == ["only.py"]


def test_a_folder_that_is_not_there_is_an_error_and_the_index_stays(project: Project) -> None:
    project.root.rename(project.root.with_name("moved"))
    with pytest.raises(RootError):
        project.update()
    assert len(project.open().files) == 4


def test_an_up_to_date_index_answers_while_another_process_writes(project: Project) -> None:
    with project.directory.writing(0):
        assert not project.update(wait_s=0).wrote
        write_files(project.root, {"new.py": "new = 1\n"})
        with pytest.raises(IndexBusyError):
            project.update(wait_s=0)
    assert project.update(wait_s=0).wrote


def test_what_another_writer_did_while_this_one_waited_is_not_done_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(project.root, {"new.py": "new = 1\n"})
    settle(project.root)
    lock = IndexDirectory.writing
    other = Project(project.root, IndexDirectory(project.directory.folder), project.embedder)

    def writing_second(self: IndexDirectory, wait_s: float) -> object:
        if self is project.directory:
            assert other.update().analysed == 1
        return lock(self, wait_s)

    monkeypatch.setattr(IndexDirectory, "writing", writing_second)
    report = project.update()
    assert not report.wrote
    assert files_with(project.open(), "new") == {"new.py"}


def test_progress_counts_the_files_to_analyse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path)
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(pipeline, "_BATCH_FILES", 3)
    update_index(
        project.directory,
        project.root,
        project.rules,
        project.embedder,
        lambda done, total: calls.append((done, total)),
    )
    assert calls == [(0, 4), (3, 4), (4, 4)]


def test_searching_an_index_that_is_not_there_gives_none(tmp_path: Path) -> None:
    assert open_snapshot(IndexDirectory(tmp_path / "nowhere")) is None


def test_an_index_removed_while_it_is_open_still_answers_and_is_built_again(project: Project) -> None:
    snapshot = project.open()
    project.directory.remove()
    assert files_with(snapshot, "=pdfreader") == {"src/readers.py"}
    assert not project.directory.is_current(snapshot.generation)
    report = project.update()
    assert report.rebuilt_because is None
    assert not project.directory.is_current(snapshot.generation)
    assert content_of(project.open()) == content_of(snapshot)


def test_a_file_that_cannot_be_analysed_is_left_out_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect in the parser of one language must not cost the index of all other files."""
    root = tmp_path / "repo"
    root.mkdir()
    (root / "bad.py").write_text("def broken(): pass\n")
    (root / "good.py").write_text("def works(): pass\n")

    def parse(text: bytes, language: Language) -> ParsedSource:
        if b"broken" in text:
            raise RecursionError("too deep")
        return parse_source(text, language)

    monkeypatch.setattr("indexer.index.analysis.parse_source", parse)
    analyser = Analyser(root, DiscoveryRules(), None)
    batch = analyser.analyse(["bad.py", "good.py"])
    assert [file.path for file in batch.files] == ["good.py"]
    assert [(skip.path, skip.reason) for skip in batch.skipped] == [("bad.py", SkipReason.UNREADABLE)]
    assert len(batch.chunks) == len(batch.chunk_terms) == batch.files[0].chunk_count


@pytest.mark.slow
def test_a_script_without_a_main_guard_still_gets_its_index(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    for number in range(60):
        (root / f"part_{number}.py").write_text(
            f"def function_{number}():\n    return 'text of some length'\n" * 2500
        )
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from pathlib import Path\n"
        "from assistant.engine import Engine\n"
        "from assistant.settings import load_settings\n"
        f"engine = Engine(load_settings({{'ASSIST_CACHE_DIR': {str(tmp_path / 'cache')!r}}}))\n"
        f"print(engine.update(Path({str(root)!r})).generation.facts['files'])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split()[-1:] == ["60"], done.stderr
