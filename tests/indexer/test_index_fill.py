"""Vectors of an embedder that is too slow to run while indexing, computed bit by bit."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.errors import IndexBusyError
from indexer.index import fill
from indexer.index.fill import fill_vectors
from indexer.index.generations import Generation
from tests.indexer.index_support import (
    HashEmbedder,
    Project,
    files_with,
    make_project,
    no_progress,
    write_files,
)

MANY = {f"part{n}.py": f"def function{n}():\n    return edit + {n}\n" for n in range(9)}


class Stop(Exception):
    """Ends an embedding run the way a signal would."""


class StoppingEmbedder(HashEmbedder):
    """Embeds so many batches and then no more."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self._batches_left = batches

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not self._batches_left:
            raise Stop
        self._batches_left -= 1
        return super().embed(texts)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An index without vectors, of one chunk a file."""
    monkeypatch.setattr(fill, "_BATCH", 2)
    project = make_project(tmp_path, MANY, HashEmbedder())
    project.update()
    return project


def run(project: Project, embedder: HashEmbedder, publish_every_s: float = 0.0) -> Generation | None:
    return fill_vectors(project.directory, project.rules, embedder, no_progress, 0, publish_every_s)


def test_before_it_runs_words_are_found_and_coverage_is_told(project: Project) -> None:
    snapshot = project.open()
    assert files_with(snapshot, "edit") == set(MANY)
    assert snapshot.vector_coverage() == 0.0


def test_every_chunk_and_file_gets_the_vector_of_its_text(project: Project) -> None:
    embedder = HashEmbedder()
    generation = run(project, embedder)
    snapshot = project.open()
    assert snapshot.generation == generation
    assert snapshot.vector_coverage() == 1.0
    row = snapshot.chunks_of(snapshot.paths.index("part3.py"))[0]
    text = next(text for text in embedder.texts if text.startswith("part3.py"))
    assert "return edit + 3" in text
    (expected,) = HashEmbedder().embed([text])
    found, cosines = snapshot.chunk_vectors.search(expected, 1)
    assert found.tolist() == [row]
    assert cosines[0] == pytest.approx(1, abs=0.02)
    assert snapshot.file_vectors.search(expected, 1)[0].tolist() == [snapshot.paths.index("part3.py")]
    assert files_with(snapshot, "edit") == set(MANY)


def test_an_interrupted_run_continues_where_it_published(project: Project) -> None:
    first = StoppingEmbedder(batches=3)
    with pytest.raises(Stop):
        run(project, first)
    assert project.open().vector_coverage() == pytest.approx(6 / 9)
    second = HashEmbedder()
    run(project, second)
    assert project.open().vector_coverage() == 1.0
    assert len(first.texts) == 6
    assert len(second.texts) == 3
    assert not set(first.texts) & set(second.texts)


def test_nothing_is_published_more_often_than_asked(project: Project) -> None:
    number = project.open().generation.number
    generation = run(project, HashEmbedder(), publish_every_s=3600)
    assert generation is not None
    assert generation.number == number + 1


def test_a_complete_index_is_left_alone(project: Project) -> None:
    run(project, HashEmbedder())
    generation = project.open().generation
    embedder = HashEmbedder()
    assert run(project, embedder) is None
    assert embedder.texts == []
    assert project.directory.is_current(generation)


def test_an_edit_computes_the_changed_texts_alone(project: Project) -> None:
    run(project, HashEmbedder())
    write_files(project.root, {"part3.py": "def other():\n    return edit\n", "new.md": "# New\n"})
    report = project.update()
    assert report.kept_vectors == 8
    assert project.open().vector_coverage() == pytest.approx(8 / 10)
    embedder = HashEmbedder()
    run(project, embedder)
    assert sorted(text.split()[0] for text in embedder.texts) == ["new.md", "part3.py"]
    assert project.open().vector_coverage() == 1.0


def test_an_unchanged_chunk_of_an_edited_file_keeps_its_vector(tmp_path: Path) -> None:
    sections = [f"# Section {n}\n\n" + f"words of section {n} " * 60 + "\n\n" for n in range(4)]
    project = make_project(tmp_path, {"long.md": "".join(sections)}, HashEmbedder())
    project.update()
    assert len(project.open().chunks) > 1
    run(project, HashEmbedder())
    write_files(project.root, {"long.md": "".join(sections) + "# Appendix\n\nnew words\n"})
    project.update()
    assert 0 < project.open().vector_coverage() < 1
    embedder = HashEmbedder()
    run(project, embedder)
    assert len(embedder.texts) < len(project.open().chunks)
    assert any("Appendix" in text for text in embedder.texts)


def test_updates_go_on_meanwhile_and_their_chunks_get_vectors_too(project: Project) -> None:
    class EditingEmbedder(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if len(self.texts) == 4:
                write_files(
                    project.root, {"part0.py": "def replaced():\n    return edit\n", "extra.py": "edit = 0\n"}
                )
                assert project.update(wait_s=0).wrote
            return super().embed(texts)

    run(project, EditingEmbedder(), publish_every_s=3600)
    snapshot = project.open()
    assert snapshot.vector_coverage() == 1.0
    assert files_with(snapshot, "replac") == {"part0.py"}
    for path, words in {"part0.py": "replaced", "extra.py": "edit = 0", "part8.py": "function8"}.items():
        body = (project.root / path).read_text()
        assert words in body
        (expected,) = HashEmbedder().embed([f"{path} \n{body}"])
        row = snapshot.chunks_of(snapshot.paths.index(path))[0]
        assert snapshot.chunk_vectors.cosines(expected, np.array([row]))[0] == pytest.approx(1, abs=0.02)


def test_a_file_changed_since_it_was_indexed_is_left_for_the_next_update(project: Project) -> None:
    write_files(project.root, {"part3.py": "def shorter(): pass\n"})
    embedder = HashEmbedder()
    run(project, embedder)
    assert project.open().vector_coverage() == pytest.approx(8 / 9)
    assert not any("shorter" in text for text in embedder.texts)
    project.update()
    run(project, HashEmbedder())
    assert project.open().vector_coverage() == 1.0


def test_a_text_without_words_is_not_embedded_again_and_again(tmp_path: Path) -> None:
    class WordlessEmbedder(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().embed(["" for _ in texts])

    project = make_project(tmp_path, {"a.py": "...\n"}, WordlessEmbedder())
    project.update()
    run(project, WordlessEmbedder())
    assert project.open().vector_coverage() == 1.0


def test_another_embedder_than_the_indexs_adds_nothing(project: Project) -> None:
    assert run(project, HashEmbedder("another")) is None
    assert project.open().vector_coverage() == 0.0


def test_without_an_index_there_is_nothing_to_fill(tmp_path: Path) -> None:
    project = make_project(tmp_path, embedder=HashEmbedder())
    assert run(project, HashEmbedder()) is None


def test_a_second_run_at_once_is_told_that_the_index_is_busy(project: Project) -> None:
    with project.directory.filling(0), pytest.raises(IndexBusyError):
        run(project, HashEmbedder())


def test_progress_counts_chunks_with_vectors(project: Project) -> None:
    calls: list[tuple[int, int]] = []
    fill_vectors(
        project.directory, project.rules, HashEmbedder(), lambda done, total: calls.append((done, total)), 0
    )
    assert calls == [(0, 9), (2, 9), (4, 9), (6, 9), (8, 9), (9, 9)]
