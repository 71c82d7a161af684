"""Damage, crashes and hostile files: a store says what is lost, keeps the rest, and never raises while it is read."""

import os
import random
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.fingerprints.errors import ImportRefusedError
from indexer.fingerprints.store import FingerprintStore
from tests.indexer.fingerprints.store_samples import file, found, origin

_ALL = list(range(100, 140)) + list(range(1100, 1140))


def _made(folder: Path) -> FingerprintStore:
    """Two segments with texts and removed files; the second origin shares a content with the first."""
    store = FingerprintStore(folder)
    store.put(origin("a"), [file(f"{n}", [100 + n], text=f"a{n}") for n in range(40)])
    with store.writing() as writer:
        writer.put(origin("b"), [file(f"{n}", [1100 + n], text=f"b{n}") for n in range(40)])
        writer.put(origin("b"), [replace(file("shared", [105]), hashes=None)])
        writer.remove_files("a", ["3"])
    return store


def _rebuilt(folder: Path, flagged: set[str]) -> None:
    store = FingerprintStore(folder)
    store.verify()
    with store.writing() as writer:
        if "a" in flagged:
            writer.put(origin("a"), [file(f"{n}", [100 + n], text=f"a{n}") for n in range(40) if n != 3])
        if "b" in flagged:
            files = [file(f"{n}", [1100 + n], text=f"b{n}") for n in range(40)]
            writer.put(origin("b"), [*files, file("shared", [105])])


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[random.Random(path.name).randrange(len(body))] ^= 0x10
    path.write_bytes(body)


def _flip_first(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[0] ^= 1
    path.write_bytes(body)


def _names(folder: Path) -> list[str]:
    FingerprintStore(folder)
    return sorted(path.name for path in folder.iterdir() if path.name != "writer.lock")


@pytest.mark.parametrize(
    "damage", [Path.unlink, _truncate, _flip, _flip_first, lambda path: path.write_bytes(b"")]
)
def test_damage_of_any_file_is_said_and_mended_by_adding_again(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    expected = found(_made(tmp_path / "model").snapshot, _ALL)
    for number, name in enumerate(_names(tmp_path / "model")):
        folder = tmp_path / str(number)
        _made(folder)
        actual = [path for path in _names(folder) if path.split("-")[:2] == name.split("-")[:2]]
        target = folder / actual[0]
        is_in_use = actual[0].split("-")[0] != "state" or actual[0] == (folder / "CURRENT").read_text()
        damage(target)
        store = FingerprintStore(folder)
        problems = store.verify()
        hits = found(store.snapshot, _ALL)
        assert hits <= expected | {(103, "a", "3", 0)}, (
            name
        )  # of an older state, if the current one is damaged
        assert bool(problems) == is_in_use, name
        flagged = {summary.origin.key for summary in store.origins() if summary.needs_rebuild}
        if name.endswith((".segment", ".texts", ".dead")):
            assert flagged, name
        lost_list = not name[0].isdigit()
        _rebuilt(folder, {"a", "b"} if lost_list else flagged)
        mended = FingerprintStore(folder)
        flagged = {summary.origin.key for summary in mended.origins() if summary.needs_rebuild}
        _rebuilt(folder, flagged)  # what shared contents with what was lost is known only now
        mended = FingerprintStore(folder)
        assert mended.verify() == [], name
        if lost_list:
            with mended.writing() as writer:
                writer.remove_files("a", ["3"])
        assert found(mended.snapshot, _ALL) == expected, name
        assert not any(summary.needs_rebuild for summary in mended.origins()), name


_WRITES = """
import sys, itertools
from pathlib import Path
from indexer.fingerprints.store import FingerprintStore
from tests.indexer.fingerprints.store_samples import file, origin
store = FingerprintStore(Path(sys.argv[1]))
for number in itertools.count(int(sys.argv[2])):
    hashes = [number * 1000 + n for n in range(50)]
    store.put(origin(f"o{number}"), [file("x", hashes, text="t"), file("y", [h + 500 for h in hashes])])
    print(number, flush=True)
"""


@pytest.mark.slow
def test_a_killed_writer_leaves_the_last_published_state(tmp_path: Path) -> None:
    generator = random.Random(3)
    done = -1
    for _ in range(8):
        command = [sys.executable, "-c", _WRITES, str(tmp_path), str(done + 1)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(generator.randrange(1, 8)):
            done = int(process.stdout.readline())
        process.stdout.read(generator.randrange(1, 3))  # into the middle of a further one
        process.send_signal(signal.SIGKILL)
        process.communicate()
        store = FingerprintStore(tmp_path)
        assert store.verify() == []
        names = [summary.origin.key for summary in store.origins()]
        assert names[: done + 1] == [f"o{number}" for number in range(done + 1)]
        done = len(names) - 1
        for number in range(done + 1):
            hits = found(store.snapshot, [number * 1000 + 7, number * 1000 + 507])
            assert hits == {
                (number * 1000 + 7, f"o{number}", "x", 7),
                (number * 1000 + 507, f"o{number}", "y", 7),
            }


def test_export_and_import_with_and_without_text(tmp_path: Path) -> None:
    store = _made(tmp_path / "store")
    for with_text in (True, False):
        target = tmp_path / f"{with_text}.corpus"
        store.export(target, with_text=with_text)
        other = FingerprintStore(tmp_path / f"other-{with_text}")
        other.put(origin("mine"), [file("own", [100])])
        imported = other.import_(target, "import:")
        assert [made.key for made in imported] == ["import:a", "import:b"]
        hits = {
            (h, key.removeprefix("import:"), path, at) for h, key, path, at in found(other.snapshot, _ALL)
        }
        assert hits == found(store.snapshot, _ALL) | {(100, "mine", "own", 0)}
        texts = {
            other.text(content) if with_text else str(other.text(content))
            for content in range(other.snapshot.content_count())
            if not any(place.path == "own" for place in other.places(content))
        }
        assert ("a7" in texts) == with_text
        assert other.import_(target, "import:") == imported  # once more: replaced, not doubled
        assert len(other.origins()) == 3
    store.export(tmp_path / "part", with_text=False, origins=["b"])
    part = FingerprintStore(tmp_path / "other-part")
    part.import_(tmp_path / "part")
    assert found(part.snapshot, _ALL) == {hit for hit in found(store.snapshot, _ALL) if hit[1] == "b"}


def _rewritten(source: Path, target: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            for name, body in change(member, old.read(member)):
                new.writestr(name, body)


@pytest.mark.parametrize(
    "change",
    [
        lambda name, body: [(name, body)] if name != "STORE.json" else [],
        lambda name, body: [(name, body)] if name == "STORE.json" else [],
        lambda name, body: [(name, body.replace(b"000001.segment", b"../../../../e"))],
        lambda name, body: [(name, body[:100] + bytes([body[100] ^ 1]) + body[101:])],
        lambda name, body: [(name, body.replace(b'"format": 2', b'"format": 9'))],
        lambda name, body: [(name, b"[" * 100_000 if name == "STORE.json" else body)],
        lambda name, body: [(name, b"{}" if name == "STORE.json" else body)],
    ],
)
def test_a_changed_export_is_refused(
    tmp_path: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]
) -> None:
    store = _made(tmp_path / "store")
    store.export(tmp_path / "good", with_text=True)
    _rewritten(tmp_path / "good", tmp_path / "bad", change)
    before = sorted(path.name for path in (tmp_path / "store").iterdir())
    expected = found(store.snapshot, _ALL)
    with pytest.raises(ImportRefusedError, match="was not imported"):
        store.import_(tmp_path / "bad")
    assert found(FingerprintStore(tmp_path / "store").snapshot, _ALL) == expected
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad", "good", "store"]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "C:\\x", "a\\..\\x", "x" * 5000])
def test_paths_that_lead_outside_are_refused(tmp_path: Path, path: str) -> None:
    store = FingerprintStore(tmp_path / "store")
    store.put(origin("a"), [file(path, [1])])
    store.export(tmp_path / "hostile", with_text=False)
    other = FingerprintStore(tmp_path / "other")
    with pytest.raises(ImportRefusedError, match="path"):
        other.import_(tmp_path / "hostile")
    assert other.origins() == []


def test_a_bomb_is_refused_without_unpacking_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("STORE.json", b"0" * 50_000_000)
    with pytest.raises(ImportRefusedError, match="larger than the file"):
        FingerprintStore(tmp_path / "store").import_(tmp_path / "bomb")
    (tmp_path / "no zip").write_bytes(os.urandom(1000))
    for name in ("no zip", "nowhere"):
        with pytest.raises(ImportRefusedError):
            FingerprintStore(tmp_path / "store").import_(tmp_path / name)
