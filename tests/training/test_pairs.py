"""Pairs of a small repository: each kind, what is left out, and that they are the same twice."""

import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from assistant.quality.commits import History
from training.pairs import KINDS, Pair, Seen, licence_of, limited, pairs_of, save, seen_in

POOL = '''\
class ConnectionPool:
    """Keeps open connections until somebody asks for one again."""

    def acquire_connection(self, address, timeout):
        """Wait for a free socket and hand it out to the caller."""
        while not self.free:
            self.condition.wait(timeout)
        socket = self.free.pop()
        self.busy.add(socket)
        return socket
'''
TESTS = """\
def test_acquire_connection_waits_for_release():
    assert ConnectionPool().acquire_connection("a", 1)
"""


def git(folder: Path, *arguments: str) -> None:
    options = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *options, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs") / "code"
    (folder / "tests").mkdir(parents=True)
    (folder / "pool.py").write_text(POOL)
    (folder / "tests" / "test_pool.py").write_text(TESTS)
    (folder / "LICENSE").write_text("SPDX-License-Identifier: MIT\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Keep connections open")
    (folder / "pool.py").write_text(POOL.replace("self.free.pop()", "self.free.popleft()  # oldest first"))
    git(folder, "commit", "-q", "-a", "-m", "Hand out the oldest idle socket before newer sockets")
    return folder


@pytest.fixture(scope="module")
def pairs(repository: Path) -> list[Pair]:
    return list(pairs_of(repository / ".git", Seen()))


def of_kind(pairs: list[Pair], kind: str) -> list[Pair]:
    return [pair for pair in pairs if pair.kind == kind]


def test_a_comment_asks_for_the_body_without_it(pairs: list[Pair]) -> None:
    (pair,) = (pair for pair in of_kind(pairs, "comment") if "Wait" in pair.question)
    assert {"Wait", "free", "socket", "caller"} <= set(pair.question)
    assert "popleft" in pair.answer
    assert "caller" not in pair.answer


def test_a_name_asks_for_the_body_without_its_words(pairs: list[Pair]) -> None:
    (pair,) = of_kind(pairs, "name")
    assert pair.question == Counter(["acquire", "connection"])
    assert "popleft" in pair.answer
    assert not {"acquire_connection", "connection"} & set(pair.answer)


def test_a_subject_asks_for_what_its_commit_changed(pairs: list[Pair]) -> None:
    (pair,) = of_kind(pairs, "commit")
    assert {"oldest", "idle", "socket"} <= set(pair.question)
    assert {"popleft", "pop", "pool", "py"} <= set(pair.answer)
    assert "busy" not in pair.answer


def test_a_test_asks_for_the_function_that_its_name_begins_with(pairs: list[Pair]) -> None:
    (pair,) = of_kind(pairs, "test")
    assert pair.question == Counter(["acquire", "connection", "waits", "for", "release"])
    assert "popleft" in pair.answer


def test_a_path_asks_for_its_content(pairs: list[Pair]) -> None:
    (pair,) = of_kind(pairs, "path")
    assert pair.question == Counter(["pool"])
    assert "ConnectionPool" in pair.answer


def test_what_an_excluded_folder_holds_is_left_out(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "vendored.py").write_bytes((repository / "pool.py").read_bytes())
    left = list(pairs_of(repository / ".git", seen_in([tmp_path])))
    assert {pair.kind for pair in left} == {"commit"}


def test_pairs_are_kept_as_counted_words(pairs: list[Pair], tmp_path: Path) -> None:
    kept = limited(pairs)
    save(kept, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as arrays:
        words = arrays["words"].tolist()
        for at, pair in enumerate(kept):
            assert KINDS[int(arrays["kinds"][at])] == pair.kind
            for side in ("question", "answer"):
                start, end = arrays[f"{side}_bounds"][at : at + 2]
                ids, counts = arrays[f"{side}_ids"][start:end], arrays[f"{side}_counts"][start:end]
                found = {words[row]: int(count) for row, count in zip(ids.tolist(), counts, strict=True)}
                assert found == dict(getattr(pair, side))


def test_the_licence_is_read(repository: Path) -> None:
    assert licence_of(History("--git-dir", str(repository / ".git"))) == "MIT"
