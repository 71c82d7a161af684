"""Whatever happens to a file of an index: it is noticed, the index is rebuilt, and nothing wrong is ever served."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import CorruptIndexError
from indexer.index.generations import IndexDirectory, remove_tree
from indexer.index.snapshot import open_snapshot
from tests.indexer.index_support import Project, content_of, files_with, make_project, settle, write_files


def flip(path: Path, where: float) -> None:
    content = bytearray(path.read_bytes() or b"\0")
    position = int(where * len(content))
    content[position] ^= 1 << int(where * 8e6) % 8
    path.write_bytes(content)


def cut(path: Path, where: float) -> None:
    path.write_bytes(path.read_bytes()[: int(where * path.stat().st_size)])


def lengthen(path: Path, where: float) -> None:
    path.write_bytes(path.read_bytes() + bytes(1 + int(where * 100)))


def overwrite(path: Path, where: float) -> None:
    path.write_bytes(bytes(int(where * 255) for _ in range(path.stat().st_size)))


def delete(path: Path, where: float) -> None:
    path.unlink()


def replace_by_folder(path: Path, where: float) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


DAMAGES: list[Callable[[Path, float], None]] = [
    flip,
    flip,
    flip,
    cut,
    lengthen,
    overwrite,
    delete,
    replace_by_folder,
]


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An index of two generations, the second with a removed document."""
    project = make_project(tmp_path_factory.mktemp("intact"))
    project.update()
    write_files(project.root, {"src/more.py": "def more():\n    return edit\n", "README.md": "# Tea\n"})
    settle(project.root)
    project.update()
    return project


def files_of(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def content_if_readable(directory: IndexDirectory) -> dict[str, Any] | None:
    try:
        snapshot = open_snapshot(directory)
    except CorruptIndexError:
        return None
    return content_of(snapshot) if snapshot else None


def check_survives(intact: Project, damage: Callable[[Path], None]) -> str | None:
    """Damage a copy of the index; check what is read before and after an update; return why it was rebuilt."""
    expected = content_of(intact.open())
    folder = Path(tempfile.mkdtemp(prefix="assist-test-")) / "index"
    shutil.copytree(intact.directory.folder, folder)
    try:
        damage(folder)
        project = Project(intact.root, IndexDirectory(folder), intact.embedder)
        before = content_if_readable(project.directory)
        assert before in (None, expected)
        report = project.update()
        assert content_of(project.open()) == expected
        assert files_with(project.open(), "edit") == {"src/more.py"}
        assert not project.update().wrote
        return report.rebuilt_because
    finally:
        remove_tree(folder.parent)


@settings(max_examples=80, deadline=None)
@given(
    which=st.floats(0, 1, exclude_max=True),
    where=st.floats(0, 1, exclude_max=True),
    damage=st.sampled_from(DAMAGES),
)
def test_a_damaged_index_is_rebuilt_and_never_wrong(
    intact: Project, which: float, where: float, damage: Callable[[Path, float], None]
) -> None:
    names = files_of(intact.directory.folder)
    name = names[int(which * len(names))]
    check_survives(intact, lambda folder: damage(folder / name, where))


@pytest.mark.parametrize("damage", [flip, cut, delete])
def test_damage_in_any_file_of_the_current_generation_is_the_reason_given(
    intact: Project, damage: Callable[[Path, float], None]
) -> None:
    current = intact.open().generation.folder
    for name in files_of(current):
        if name.suffix == ".lock":
            continue
        inside = current.name / name
        reason = check_survives(intact, lambda folder: damage(folder / inside, 0.5))  # noqa: B023 - called at once
        assert reason is not None, name
        assert "\n" not in reason


def test_the_previous_generation_is_of_no_concern(intact: Project) -> None:
    current = intact.open().generation.folder.name
    (previous,) = (path.name for path in intact.directory.folder.glob("gen-*") if path.name != current)
    assert check_survives(intact, lambda folder: shutil.rmtree(folder / previous)) is None


def test_nothing_but_the_pointer_left(intact: Project) -> None:
    def keep_pointer(folder: Path) -> None:
        for generation in folder.glob("gen-*"):
            shutil.rmtree(generation)

    assert check_survives(intact, keep_pointer) is not None


def test_no_pointer_left(intact: Project) -> None:
    assert check_survives(intact, lambda folder: (folder / "CURRENT").unlink()) is None


def test_an_empty_directory_is_no_index(intact: Project) -> None:
    def empty(folder: Path) -> None:
        shutil.rmtree(folder)
        folder.mkdir()

    assert check_survives(intact, empty) is None
