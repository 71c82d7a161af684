"""Whatever a repository, a cache folder or a query holds: an answer or one line that says what to do, no traceback."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.assistant.cli_support import Home, Ran, process_environment, run_process, write_files

SOURCES = {
    "src/connector.py": "class TCPConnector:\n    def close(self):\n        self.pool.clear()\n",
    "README.md": "# Shop\n\nSells tea.\n",
}


@dataclass(frozen=True)
class Shop:
    """A repository and a user's folders; commands run in processes of their own."""

    home: Home
    root: Path

    def run(self, *args: str | Path) -> Ran:
        """Run a command on the repository; it must end with an exit code of its own making."""
        ran = run_process(self.home, [*args, "--repo", self.root], cwd=self.root.parent)
        assert ran.code in (0, 1, 2, 3), ran.err
        assert "Traceback" not in ran.err + ran.out
        assert "this is a bug" not in ran.err
        return ran

    def find(self, query: str) -> list[str]:
        """Search and return the paths found."""
        ran = self.run("search", query, "--json")
        assert ran.code in (0, 1), ran.err
        return [result["path"] for result in json.loads(ran.out)["results"]]

    @property
    def index(self) -> Path:
        """The index directory, which must be there."""
        (folder,) = self.home.cache.glob("indexes/*")
        return folder


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(Home(tmp_path / "user"), write_files(tmp_path / "shop", SOURCES))


def fails_with_advice(ran: Ran, *words: str, code: int = 3) -> None:
    """Check that a command said what is wrong, and what to do on a line of its own."""
    assert ran.code == code
    assert ran.out == ""
    problem, advice = ran.err.splitlines()
    assert problem.startswith("error: ")
    assert advice.startswith("       ")
    for word in words:
        assert word in ran.err


@pytest.mark.parametrize("command", ["search", "ask"])
def test_an_empty_folder(shop: Shop, command: str) -> None:
    shutil.rmtree(shop.root)
    shop.root.mkdir()
    fails_with_advice(shop.run(command, "tea"), "no text files", "--repo")


def test_a_folder_that_is_not_there(shop: Shop) -> None:
    shutil.rmtree(shop.root)
    fails_with_advice(shop.run("search", "tea"), str(shop.root), "--repo")


def test_a_file_instead_of_a_folder(shop: Shop) -> None:
    shutil.rmtree(shop.root)
    shop.root.write_text("tea\n")
    fails_with_advice(shop.run("search", "tea"), str(shop.root), "--repo")


def test_nothing_but_ignored_files(shop: Shop) -> None:
    write_files(shop.root, {".assistignore": "*\n"})
    fails_with_advice(shop.run("search", "tea"), "excluded", "status --files")


def of_one_long_line(root: Path) -> None:
    write_files(root, {"long.js": b"x" * 50_000_000})


def with_nul_bytes(root: Path) -> None:
    write_files(root, {"nul.py": b"tea = 1\n\0\0\0" * 100})


def with_a_loop_of_links(root: Path) -> None:
    (root / "loop").symlink_to(root)
    (root / "a").symlink_to(root / "b")
    (root / "b").symlink_to(root / "a")
    (root / "out").symlink_to("/etc")


def with_a_pipe(root: Path) -> None:
    os.mkfifo(root / "pipe.py")


def with_broken_syntax(root: Path) -> None:
    broken = "def broken(:\n  return ((((\n" * 200
    write_files(root, {"broken.py": broken, "deep.py": "(" * 20_000, "deep.json": "[" * 9999})


def with_a_git_folder_that_is_none(root: Path) -> None:
    write_files(root, {".git/HEAD": b"\0nonsense", ".git/config": "[core\n"})


@pytest.mark.parametrize(
    "spoil",
    [
        of_one_long_line,
        with_nul_bytes,
        with_a_loop_of_links,
        with_a_pipe,
        with_broken_syntax,
        with_a_git_folder_that_is_none,
    ],
)
def test_a_spoiled_repository_is_searched_all_the_same(shop: Shop, spoil: Callable[[Path], None]) -> None:
    spoil(shop.root)
    assert shop.find("TCPConnector")[0] == "src/connector.py"
    assert shop.run("status", "--files").code == 0


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-be", "utf-8-sig", "cp1252"])
def test_text_in_any_encoding_is_found(shop: Shop, encoding: str) -> None:
    text = "# Gemüse für das Café\nzwetschgenkuchen = 'süß'\n" * 20
    if encoding == "utf-16-be":
        text = "\ufeff" + text
    write_files(shop.root, {"kuchen.py": text.encode(encoding)})
    assert shop.find("zwetschgenkuchen")[0] == "kuchen.py"
    assert shop.find("Gemüse")[0] == "kuchen.py"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are text")
@pytest.mark.parametrize(
    "name",
    [b"with space.py", b"new\nline.py", b"\xff\xfe.py", b"tab\t'quote\".py", "größe.py".encode(), b"-n.py"],
)
def test_a_name_of_any_bytes_comes_back_as_it_is(shop: Shop, name: bytes) -> None:
    path = os.fsdecode(b"folder " + name[:1] + b"/" + name)
    write_files(shop.root, {path: "okapi = 1\n"})
    (found,) = [path for path in shop.find("okapi") if "okapi" in (shop.root / path).read_text()]
    assert os.fsencode(found) == os.fsencode(path)
    ran = shop.run("search", "okapi")
    assert "okapi = 1" in ran.out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
def test_an_unreadable_file_is_left_out_and_named(shop: Shop) -> None:
    (shop.root / "README.md").chmod(0)
    assert shop.find("TCPConnector")[0] == "src/connector.py"
    assert "README.md" in shop.run("status", "--files").out


def test_a_file_that_changed_since_it_was_indexed_is_found_as_it_is_now(shop: Shop) -> None:
    shop.run("index")
    write_files(shop.root, {"src/connector.py": "class Okapi:\n    pass\n"})
    assert shop.find("Okapi")[0] == "src/connector.py"
    (shop.root / "src/connector.py").unlink()
    assert "src/connector.py" not in shop.find("Okapi")


def test_a_cache_folder_that_is_a_file(shop: Shop) -> None:
    shop.home.cache.parent.mkdir(parents=True)
    shop.home.cache.write_text("mine")
    fails_with_advice(shop.run("search", "tea"), "remove the file", "cache folder")
    assert shop.home.cache.read_text() == "mine"


def flip_a_byte(index: Path) -> None:
    (vectors,) = index.glob("gen-*/vectors.npy")
    content = bytearray(vectors.read_bytes())
    content[-100] ^= 4
    vectors.write_bytes(content)


def cut_a_segment(index: Path) -> None:
    largest = max(index.glob("gen-*/lexical/*"), key=lambda path: path.stat().st_size)
    os.truncate(largest, largest.stat().st_size // 2)


def spoil_the_pointer(index: Path) -> None:
    (index / "CURRENT").write_bytes(b"\0\xff")


@pytest.mark.parametrize("damage", [flip_a_byte, cut_a_segment, spoil_the_pointer])
@pytest.mark.parametrize("command", ["search", "ask"])
def test_a_damaged_index_is_rebuilt_with_one_line(
    shop: Shop, damage: Callable[[Path], None], command: str
) -> None:
    shop.run("index")
    damage(shop.index)
    ran = shop.run(command, "TCPConnector")
    assert ran.code == 0
    assert "src/connector.py" in ran.out
    assert "rebuilt" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert shop.run("search", "TCPConnector").err == ""


@pytest.mark.parametrize("query", ["colour:red tea", "/[unclosed/", "lang:klingon"])
def test_a_query_that_cannot_be_understood_is_used_wrongly(shop: Shop, query: str) -> None:
    fails_with_advice(shop.run("search", query), code=2)


def test_two_indexers_at_once(shop: Shop) -> None:
    write_files(
        shop.root, {f"many/part{n}.py": f"def part{n}():\n    return okapi\n" * 20 for n in range(200)}
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "assistant", "index", "--repo", shop.root],
            env=process_environment(shop.home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert shop.find("okapi")[0].startswith("many/")


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX limits the size of files")
@pytest.mark.parametrize("n_blocks", [1, 40])
def test_a_full_disk(shop: Shop, n_blocks: int) -> None:
    shop.run("index")
    write_files(
        shop.root, {f"many/part{n}.py": f"def part{n}():\n    return okapi\n" * 20 for n in range(200)}
    )

    def limited(*args: str) -> Ran:
        """Run a command under a limit of so many blocks of 512 bytes a file."""
        words = [
            "sh",
            "-c",
            f'ulimit -f {n_blocks}; exec "$0" "$@"',
            sys.executable,
            "-m",
            "assistant",
            *args,
        ]
        done = subprocess.run(
            [*words, "--repo", str(shop.root)],
            env={**process_environment(shop.home), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    fails_with_advice(limited("index"), "cannot be written", "cache folder")
    ran = limited("search", "TCPConnector")
    assert ran.code == 0
    assert "src/connector.py" in ran.out
    assert "cannot be brought up to date" in ran.err
    assert shop.find("okapi")[0].startswith("many/")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_while_indexing_the_next_command_serves_a_complete_index(tmp_path: Path) -> None:
    from benchmarks import crash_safety

    files = {f"part{n}.py": f"def part{n}():\n    return {n}\n" * 20 for n in range(300)}
    tree = write_files(tmp_path / "tree", files)
    command = shlex.join([sys.executable, "-m", "assistant"])
    arguments = ["--tree", str(tree), "--files", "300", "--runs", "6", "--seed", "3", "--assist", command]
    assert crash_safety.main(arguments) == 0
