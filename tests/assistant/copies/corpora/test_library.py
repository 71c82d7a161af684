"""Corpora over their life: added, brought up to date, shared between sources, damaged, removed, carried elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.copies.corpora import CorpusError, CorpusKind, CorpusLibrary, Facts
from assistant.copies.corpora import build as building
from assistant.copies.corpora import library as library_module
from assistant.settings import Settings
from indexer.fingerprints.errors import StoreBusyError
from indexer.fingerprints.fingerprints import fingerprint
from indexer.fingerprints.model import Place, TextProblem
from tests.assistant.cli_support import ROOT, write_files
from tests.assistant.copies.corpora.test_archives import make_tar, make_zip
from tests.assistant.copies.corpora.test_git_sources import bare_of
from tests.assistant.copies.corpora.test_installed import install, site_packages
from tests.indexer.discovery_trees import git, make_repository


def code(name: str, lines: int = 12) -> str:
    """Return code of some 100 tokens that no other name gives."""
    body = "".join(
        f"    {name}_{n} = transform_{name}(request.{name}_{n}, limit={n * 7}) + other.{name}_of(state[{n}])\n"
        for n in range(lines)
    )
    return f"def {name}(request, other, state):\n{body}    return {name}_0\n"


class World:
    """A user's corpora in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"HOME": str(folder / "home")}
        self.library = CorpusLibrary(Settings(folder / "cache", folder / "none.toml"), self.environ)

    def again(self) -> CorpusLibrary:
        """What another process would see."""
        return CorpusLibrary(Settings(self.folder / "cache", self.folder / "none.toml"), self.environ)

    def places(self, text: str, language: str = "python") -> set[tuple[str, str]]:
        """Where a text's fingerprints stand: kind of origin and path."""
        return {(place.origin.key.partition(":")[0], place.path) for place in self.found(text, language)}

    def found(self, text: str, language: str = "python") -> list[Place]:
        store = self.again().store
        hits = store.lookup(np.unique(fingerprint(text, language).hashes))
        return [place for number in np.unique(hits.content_id) for place in store.places(int(number))]

    def text(self, text: str) -> str | TextProblem:
        """What the store says is the text where some code stands."""
        store = self.again().store
        hits = store.lookup(np.unique(fingerprint(text, "python").hashes))
        return store.text(int(hits.content_id[0]))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_folder_is_added_changed_and_removed(world: World, tmp_path: Path) -> None:
    folder = write_files(
        tmp_path / "tea", {"a.py": code("alpha"), "b.py": code("beta"), "README.md": "# Tea\n"}
    )
    added = world.library.add(folder)
    assert (added.corpus.name, added.corpus.kind, added.taken.read_files) == ("tea", CorpusKind.FOLDER, 2)
    assert world.places(code("alpha")) == {("folder", "a.py")}
    assert world.text(code("alpha")) == code("alpha")

    unchanged = world.library.update(added.corpus)
    assert (unchanged.taken.read_files, unchanged.taken.unchanged_files) == (0, 2)

    write_files(folder, {"a.py": code("gamma"), "c.py": code("delta")})
    (folder / "b.py").unlink()
    changed = world.library.update(unchanged.corpus)
    assert (changed.taken.read_files, changed.taken.removed_files) == (2, 1)
    assert world.places(code("gamma")) == {("folder", "a.py")}
    assert world.places(code("delta")) == {("folder", "c.py")}
    assert world.places(code("alpha")) == world.places(code("beta")) == set()

    world.library.remove(changed.corpus)
    assert world.places(code("gamma")) == set()
    assert world.again().corpora() == []


def test_adding_a_place_twice_brings_it_up_to_date(world: World, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    first = world.library.add(folder)
    second = world.again().add(folder)
    assert second.corpus.id == first.corpus.id
    assert second.taken.read_files == 0


def test_the_same_text_in_many_sources_is_one_content_with_many_places(world: World, tmp_path: Path) -> None:
    files = {f"part{number}.py": code(f"name{number}") for number in range(20)}
    world.library.add(write_files(tmp_path / "one", files))
    world.library.add(write_files(tmp_path / "two", {f"vendor/{name}": text for name, text in files.items()}))
    world.library.add(make_zip(tmp_path / "three.zip", {name: text.encode() for name, text in files.items()}))
    assert world.places(code("name3")) == {
        ("folder", "part3.py"),
        ("folder", "vendor/part3.py"),
        ("archive", "part3.py"),
    }
    store = world.again().store
    hits = store.lookup(np.unique(fingerprint(code("name3"), "python").hashes))
    assert len(np.unique(hits.content_id)) == 1


def test_a_text_stays_while_another_source_has_it(world: World, tmp_path: Path) -> None:
    one = world.library.add(write_files(tmp_path / "one", {"a.py": code("alpha")}))
    world.library.add(write_files(tmp_path / "two", {"b.py": code("alpha")}))
    world.library.remove(one.corpus)
    assert world.places(code("alpha")) == {("folder", "b.py")}
    assert world.text(code("alpha")) == code("alpha")


def test_a_file_that_moves_within_a_source_keeps_its_content(world: World, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    corpus = world.library.add(folder).corpus
    (folder / "a.py").rename(folder / "moved.py")
    world.library.update(corpus)
    assert world.places(code("alpha")) == {("folder", "moved.py")}


def test_a_text_that_moves_to_another_file_while_its_own_changes(world: World, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha"), "z.py": code("omega")})
    corpus = world.library.add(folder).corpus
    write_files(folder, {"a.py": code("new"), "z.py": code("alpha")})
    world.library.update(corpus)
    assert world.places(code("alpha")) == {("folder", "z.py")}
    assert world.places(code("new")) == {("folder", "a.py")}


def test_generated_minified_binary_and_huge_files_are_left_out(world: World, tmp_path: Path) -> None:
    generated = "# Code generated by protoc. DO NOT EDIT.\n" + code("generated")
    files: dict[str, str | bytes] = {
        "a.py": code("alpha"),
        "pb.py": generated,
        "min.js": "var " + ",".join(f"a{n}=function(b){{return b+{n}}}" for n in range(20_000)) + ";",
        "blob.py": os.urandom(5_000),
        "large.py": code("large", 20_000),
        "latin.py": b"# caf\xe9\n" + code("latin").encode(),
        "wide.py": code("wide").encode("utf-16"),
        "line.py": "x = [" + "1, " * 200_000 + "]\n",
        "open.py": code("quoted") + 'text = """never closed\n' * 3,
    }
    update = world.library.add(write_files(tmp_path / "tea", files))
    stored = world.again().store.files_of(next(iter(update.corpus.sources)))
    assert {"pb.py", "min.js", "blob.py", "large.py"}.isdisjoint(stored)
    assert {"a.py", "latin.py", "wide.py", "open.py"} <= set(stored)
    assert world.library.update(update.corpus).taken.read_files == 0


def test_a_bare_repository_and_an_archive_keep_their_text(world: World, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "tea", {"a.py": code("alpha")})
    bare = bare_of(root)
    world.library.add(bare)
    assert world.text(code("alpha")) == code("alpha")
    archive = make_tar(tmp_path / "pot.tgz", {"pot/b.py": code("beta").encode()})
    world.library.add(archive)
    archive.unlink()
    assert world.text(code("beta")) == code("beta")


def test_a_work_tree_is_read_from_disk_and_its_history_from_git(world: World, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "tea", {"a.py": code("alpha")})
    write_files(root, {"a.py": code("beta")})
    git(root, "commit", "--quiet", "--all", "--message", "second")
    assert world.library.add(root).corpus.kind is CorpusKind.GIT
    assert world.places(code("alpha")) == set()
    history = world.library.add(root, history=True)
    first = git(root, "rev-list", "--max-parents=0", "HEAD").decode()
    ((kind, path),) = world.places(code("alpha"))
    assert (kind, path) == ("history", f"{first[:12]}:a.py")
    assert world.text(code("alpha")) == code("alpha")
    (place,) = world.found(code("alpha"))
    assert Facts.from_json(place.facts).revision == first.strip()

    assert world.library.update(history.corpus).taken.read_files == 0
    write_files(root, {"a.py": code("gamma")})
    git(root, "commit", "--quiet", "--all", "--message", "third")
    assert world.library.update(history.corpus).taken.read_files == 1
    assert {path.partition(":")[2] for _, path in world.places(code("gamma"))} == {"a.py"}
    assert world.places(code("alpha")) == {("history", f"{first[:12]}:a.py")}


def test_versions_that_add_nothing_are_not_kept(world: World, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "tea", {"a.py": code("alpha", 40)})
    for number in range(6):
        write_files(root, {"a.py": code("alpha", 40) + f"\n\nVERSION = {number}\n"})
        git(root, "commit", "--quiet", "--all", "--message", str(number))
    update = world.library.add(root, history=True)
    assert update.taken.read_files == 7
    assert len(world.again().store.files_of(next(iter(update.corpus.sources)))) == 1
    assert world.library.update(update.corpus).taken.read_files == 0


def test_installed_packages_come_with_licences_and_follow_what_is_installed(
    world: World, tmp_path: Path
) -> None:
    root = tmp_path / "shop"
    site = site_packages(root)
    install(site, "tea", "1", ["tea.py"], "License-Expression: MIT")
    write_files(site, {"tea.py": "# SPDX-License-Identifier: GPL-2.0-only\n" + code("alpha")})
    install(site, "pot", "1", ["pot.py"], "License-Expression: BSD-3-Clause")
    write_files(site, {"pot.py": code("beta")})
    assert world.library.ensure(root, own=False).notes[0].startswith("compared with 2 installed packages")
    assert world.library.ensure(root, own=False).notes == ()
    (tea,), (pot,) = world.found(code("alpha")), world.found(code("beta"))
    assert Facts.from_json(pot.origin.facts).licence == "BSD-3-Clause"
    assert pot.facts == ""
    assert Facts.from_json(tea.origin.facts).licence == "MIT"
    assert Facts.from_json(tea.facts).licence == "GPL-2.0-only"

    for path in [site / "tea.py", *(site / "tea-1.dist-info").iterdir(), site / "tea-1.dist-info"]:
        path.rmdir() if path.is_dir() else path.unlink()
    world.library.ensure(root, own=False)
    assert world.places(code("alpha")) == set()
    assert world.places(code("beta")) == {("pypi", "pot.py")}


def test_two_workspaces_share_an_environment_until_the_last_is_removed(world: World, tmp_path: Path) -> None:
    install(site_packages(tmp_path / "shared"), "tea", "1", ["tea.py"])
    (site,) = (tmp_path / "shared" / ".venv" / "lib").glob("*/site-packages")
    write_files(site, {"tea.py": code("alpha")})
    world.environ["VIRTUAL_ENV"] = str(tmp_path / "shared" / ".venv")
    one = world.library.add_installed(write_files(tmp_path / "one", {"x": ""}))
    two = world.library.add_installed(write_files(tmp_path / "two", {"x": ""}))
    assert two.taken.read_files <= 1
    world.library.remove(one.corpus)
    assert world.places(code("alpha")) == {("pypi", "tea.py")}
    world.library.remove(two.corpus)
    assert world.places(code("alpha")) == set()


def test_own_code_is_there_for_duplicates_and_excluded_from_alarms(world: World, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "tea", {"a.py": code("alpha"), "vendor/b.py": code("beta")})
    install(site_packages(root), "pot", "1", ["pot.py"])
    world.library.ensure(root)
    assert world.places(code("beta")) == set()
    assert [item.files for item in world.library.listed()] == [1, 1]
    (place,) = world.found(code("alpha"))
    assert place.origin.key == f"own:{root}"
    assert world.library.exclude_for(root)(place)
    assert world.library.exclude_for(tmp_path)(place)


@pytest.mark.parametrize("kind", ["folder", "git", "archive", "bare", "history"])
def test_what_changed_or_went_is_said_and_harms_nothing(world: World, tmp_path: Path, kind: str) -> None:
    root = make_repository(tmp_path / "tea", {"a.py": code("alpha")})
    place = {
        "folder": lambda: write_files(tmp_path / "plain", {"a.py": code("alpha")}),
        "git": lambda: root,
        "history": lambda: root,
        "archive": lambda: make_tar(tmp_path / "a.tar", {"a.py": code("alpha").encode()}, "w"),
        "bare": lambda: bare_of(root),
    }[kind]()
    corpus = world.library.add(place, history=kind == "history").corpus
    assert [item.problem for item in world.library.listed()] == [""]

    if kind == "archive":
        make_tar(place, {"a.py": code("beta").encode(), "b.py": b""}, "w")
    elif kind in ("folder", "git"):
        write_files(place, {"a.py": code("beta")})
    else:
        write_files(root, {"a.py": code("beta")})
        git(root, "commit", "--quiet", "--all", "--message", "second")
        if kind == "bare":
            git(root, "push", "--quiet", str(place), "HEAD")
    assert [item.problem for item in world.again().listed()] == [
        "changed since indexed: run `assist corpus update`"
    ]
    if kind in ("folder", "git"):
        assert world.text(code("alpha")) == TextProblem.CHANGED
    corpus = world.library.update(corpus).corpus
    assert [item.problem for item in world.library.listed()] == [""]
    assert world.places(code("beta"))

    place.rename(tmp_path / "elsewhere")
    assert [item.problem for item in world.again().listed()] == [
        "its place is gone: run `assist corpus remove`"
    ]
    with pytest.raises(CorpusError, match="is gone"):
        world.library.update(corpus)
    world.library.remove(corpus)
    assert world.places(code("beta")) == set()


def test_a_damaged_store_is_said_and_an_update_reads_it_anew(world: World, tmp_path: Path) -> None:
    corpus = world.library.add(write_files(tmp_path / "tea", {"a.py": code("alpha")})).corpus
    for file in store_folder(world).rglob("*"):
        if file.is_file() and file.stat().st_size > 500:
            raw = bytearray(file.read_bytes())
            raw[len(raw) // 2] ^= 0xFF
            file.write_bytes(bytes(raw))
    library = world.again()
    library.store.verify()
    library.update(corpus)
    assert world.places(code("alpha")) == {("folder", "a.py")}


def store_folder(world: World) -> Path:
    (folder,) = (world.folder / "cache" / "corpora").glob("store-*")
    return folder


def test_a_lost_store_is_said_and_an_update_reads_everything_anew(world: World, tmp_path: Path) -> None:
    corpus = world.library.add(write_files(tmp_path / "tea", {"a.py": code("alpha")})).corpus
    shutil.rmtree(store_folder(world))
    assert world.again().listed()[0].problem.startswith("damaged")
    assert world.again().update(corpus).taken.read_files == 1
    assert world.places(code("alpha")) == {("folder", "a.py")}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1, "corpora": [{}, 3, {"kind": "x"}]}'])
def test_a_damaged_registry_costs_reading_again_alone(world: World, tmp_path: Path, content: str) -> None:
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    world.library.add(folder)
    (world.folder / "cache" / "corpora" / "registry.json").write_text(content)
    assert world.again().corpora() == []
    world.again().add(folder)
    assert world.places(code("alpha")) == {("folder", "a.py")}


def test_an_interruption_leaves_the_last_good_state_and_the_rest_is_read_later(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_files(tmp_path / "tea", {f"a{n}.py": code(f"name{n}") for n in range(450)})
    monkeypatch.setattr(building, "_CHECKPOINT_BYTES", 100_000)

    def interrupt(done: int, total: int) -> None:
        if done > 250:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.library.add(folder, progress=interrupt)
    (corpus,) = world.again().corpora()
    assert world.places(code("name1")) == {("folder", "a1.py")}
    world.again().update(corpus)
    assert world.places(code("name449")) == {("folder", "a449.py")}
    assert len(world.again().store.files_of(f"folder:{folder}")) == 450


def test_what_was_read_before_an_interruption_is_kept_and_not_read_again(
    world: World, tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "tea", {f"a{n:03}.py": code(f"name{n}") for n in range(450)})
    seen: list[int] = []

    def interrupt(done: int, total: int) -> None:
        seen.append(done)
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.library.add(folder, progress=interrupt)
    assert 0 < seen[-1] < 450
    (corpus,) = world.again().corpora()
    assert len(world.again().store.files_of(f"folder:{folder}")) == seen[-1]
    assert world.places(code("name1")) == {("folder", "a001.py")}
    done = world.again().update(corpus)
    assert (done.taken.unchanged_files, done.taken.read_files) == (seen[-1], 450 - seen[-1])
    world.again().remove(corpus)
    assert world.places(code("name1")) == set()


def test_packages_read_before_an_interruption_are_used(world: World, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    site = site_packages(root)
    for number in range(4):
        install(site, f"pot{number}", "1", [f"pot{number}.py"])

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.library.ensure(root, interrupt, own=False)
    assert len(world.again().store.origins()) == 2
    assert world.again().ensure(root, own=False).notes != ()
    assert len(world.again().store.origins()) == 4
    assert world.again().ensure(root, own=False).notes == ()


def test_worker_processes_give_what_one_process_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"p{n % 3}/a{n}.py": code(f"name{n % 90}") for n in range(120)}
    folder = write_files(tmp_path / "tea", files)
    alone, together = World(tmp_path / "alone"), World(tmp_path / "together")
    alone.library.add(folder)
    monkeypatch.setattr(building, "_WORKERS_FROM_BYTES", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together.library.add(folder)
    key = f"folder:{folder}"
    assert together.library.store.files_of(key) == alone.library.store.files_of(key)
    assert len(together.library.store.files_of(key)) == 120
    for name in ("name0", "name57"):
        assert together.places(code(name)) == alone.places(code(name)) != set()


def test_progress_counts_to_the_end(world: World, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = write_files(tmp_path / "tea", {f"a{n}.py": code(f"name{n}") for n in range(5)})
    world.library.add(folder, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 5)
    assert seen[-1] == (5, 5)


def test_a_second_writer_waits_or_is_told(world: World, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    with world.library.store.writing(), pytest.raises(StoreBusyError):
        world.again().add(folder, wait_s=0)
    with world.library.store.writing():
        assert world.again().ensure(folder, wait_s=0).notes
    assert world.again().add(folder).taken.read_files == 1


def test_two_processes_add_at_once_and_both_are_there(world: World, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom assistant.copies.corpora import CorpusLibrary\n"
        "from assistant.settings import Settings\n"
        "library = CorpusLibrary(Settings(Path(sys.argv[1]), Path('none')), {})\nlibrary.add(Path(sys.argv[2]))\n"
    )
    folders = [write_files(tmp_path / f"tea{n}", {f"a{n}.py": code(f"name{n}")}) for n in range(2)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, world.folder / "cache", folder],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for folder in folders
    ]
    assert [process.wait() for process in processes] == [0, 0]
    assert [corpus.kind for corpus in world.again().corpora()] == [CorpusKind.FOLDER] * 2
    for number in range(2):
        assert world.places(code(f"name{number}")) == {("folder", f"a{number}.py")}


@pytest.mark.parametrize("with_text", [True, False])
def test_a_corpus_is_carried_elsewhere(world: World, tmp_path: Path, with_text: bool) -> None:
    corpus = world.library.add(write_files(tmp_path / "tea", {"a.py": code("alpha")})).corpus
    world.library.add(write_files(tmp_path / "pot", {"b.py": code("beta")}))
    world.library.export(tmp_path / "team.corpus", [corpus], with_text=with_text)
    other = World(tmp_path / "other")
    imported = other.library.import_(tmp_path / "team.corpus")
    assert (imported.name, imported.kind) == ("team", CorpusKind.IMPORT)
    assert other.places(code("alpha")) == {("import", "a.py")}
    assert other.places(code("beta")) == set()
    assert other.text(code("alpha")) == (code("alpha") if with_text else TextProblem.NOT_KEPT)
    again = other.library.import_(tmp_path / "team.corpus")
    assert again.id == imported.id
    assert len(other.found(code("alpha"))) == 1
    with pytest.raises(CorpusError, match="was built elsewhere"):
        other.library.update(again)
    other.library.remove(again)
    assert other.places(code("alpha")) == set()


def test_fingerprints_of_another_version_are_made_anew_and_not_imported(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "shop"
    install(site_packages(root), "tea", "1", ["tea.py"])
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    world.library.ensure(root, own=False)
    world.library.export(tmp_path / "old.corpus", [world.library.add(folder).corpus], with_text=True)
    old = store_folder(world)
    for module in (library_module, building):
        monkeypatch.setattr(module, "VERSION", "another")
    assert {item.problem.partition(" ")[0] for item in world.again().listed()} == {"damaged"}
    assert world.again().ensure(root, own=False).notes
    with pytest.raises(CorpusError, match="another version of assist"):
        world.again().import_(tmp_path / "old.corpus")
    assert world.again().add(folder).taken.read_files == 1
    assert [item.problem for item in world.again().listed()] == ["", ""]
    assert store_folder(world) != old


def test_names_are_unique_and_places_name_corpora_too(world: World, tmp_path: Path) -> None:
    one = world.library.add(write_files(tmp_path / "a" / "tea", {"a.py": code("alpha")})).corpus
    two = world.library.add(write_files(tmp_path / "b" / "tea", {"b.py": code("beta")})).corpus
    assert (one.name, two.name) == ("tea", "tea-2")
    assert world.library.named(str(tmp_path / "b" / "tea")).id == two.id
    with pytest.raises(CorpusError, match='no corpus "pot"'):
        world.library.named("pot")


def test_what_is_not_there_or_no_archive_is_an_error_and_leaves_no_corpus(
    world: World, tmp_path: Path
) -> None:
    write_files(tmp_path, {"a.txt": "hello", "a.tgz": b"\x1f\x8b broken"})
    for name, message in {"none": "does not exist", "a.txt": "no archive", "a.tgz": "a.tgz"}.items():
        with pytest.raises(CorpusError, match=message):
            world.library.add(tmp_path / name)
    with pytest.raises(CorpusError, match="has no history"):
        world.library.add(tmp_path, history=True)
    assert world.again().corpora() == []


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
