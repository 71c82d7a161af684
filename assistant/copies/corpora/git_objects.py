"""Reading a git repository's objects by plumbing commands: versions of files, without a work tree.

The repository is data. Git is started as discovery starts it: no hook, filter, signature program or transport that its
configuration names is run, nothing is fetched or locked; contents come from ``cat-file --batch``, which converts
nothing.
"""

import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

from assistant.copies.corpora.errors import CorpusError
from indexer.discovery.git import safe_command, safe_environment

_OPTIONS = ("-c", "log.showSignature=false", "-c", "diff.renames=false", "-c", "log.mailmap=false")
_LOG_OPTIONS = (
    "--all",
    "--no-merges",
    "--root",
    "--raw",
    "--no-abbrev",
    "-z",
    "--format=%x01%H",
    "--no-renames",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-show-signature",
    "--ignore-submodules=all",
)
_FILE_MODES = (b"100644", b"100755", b"100664")


@dataclass(frozen=True, slots=True)
class Blob:
    """A version of a file.

    :param commit: the commit that brought it.
    """

    path: str
    id: str
    commit: str


class GitRepository:
    """A repository with or without a work tree.

    :param folder: the top of a work tree, or a bare repository.
    :raises CorpusError: if it is none, or git cannot read it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        inside = folder / ".git"
        self._git_dir = inside if os.path.lexists(inside) else folder
        if self._ask("rev-parse", "--git-dir") is None:
            raise CorpusError(
                f"{folder} is no git repository that git can read; `git -C {folder} status` says more"
            )

    @property
    def is_bare(self) -> bool:
        """Whether it has no work tree."""
        return self._git_dir == self.folder

    def head(self) -> str:
        """Return the id of the current commit; empty if there is none yet."""
        return self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}") or ""

    def refs(self) -> str:
        """Return a hash that changes when any branch or tag does."""
        return blake2b((self._ask("for-each-ref", "--format=%(objectname)") or "").encode()).hexdigest()[:32]

    def remote(self) -> str:
        """Return the address of ``origin`` as the configuration has it; empty if there is none."""
        return self._ask("config", "--get", "remote.origin.url") or ""

    def root_commit(self) -> str:
        """Return the oldest commit of the current one's first parents, which forks share; empty if it is not known.

        A shallow clone does not know.
        """
        if self._ask("rev-parse", "--is-shallow-repository") != "false":
            return ""
        return (self._ask("rev-list", "--first-parent", "--max-parents=0", "HEAD", "--") or "").split("\n")[
            -1
        ]

    def tree(self, commit: str) -> list[Blob]:
        """Return the files of a commit; links and submodules are none."""
        output = self._run("ls-tree", "-r", "-z", "--full-tree", commit)
        blobs = []
        for line in output.split(b"\0")[:-1]:
            facts, _, path = line.partition(b"\t")
            mode, kind, oid = facts.split()
            if kind == b"blob" and mode in _FILE_MODES:
                blobs.append(Blob(os.fsdecode(path), oid.decode("ascii"), commit))
        return blobs

    def versions(self, old_refs: Sequence[str] = ()) -> Iterator[Blob]:
        """Go through the versions of files that commits brought, newest commit first; a merge brings none.

        :param old_refs: commits whose history is left out.
        """
        revisions = [f"^{ref}" for ref in old_refs]
        with self._started("log", *_LOG_OPTIONS, *revisions, "--") as output:
            commit = ""
            entry = b""
            for field in _fields(output):
                if entry:
                    blob, entry = _version(entry, field, commit), b""
                    if blob is not None:
                        yield blob
                    continue
                text = field.lstrip(b"\n")
                if text.startswith(b"\x01"):
                    head, _, text = text.partition(b"\n")
                    commit = head[1:41].decode("ascii", "replace")
                    text = text.lstrip(b"\n")
                if text.startswith(b":"):
                    entry = text

    def sizes(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the sizes of blobs, in bytes; those that the repository lacks are left out."""
        output = self._run("cat-file", "--batch-check", stdin="".join(f"{oid}\n" for oid in ids).encode())
        found = {}
        for line in output.decode("ascii", "replace").splitlines():
            oid, _, rest = line.partition(" ")
            kind, _, size = rest.partition(" ")
            if kind == "blob" and size.isdigit():
                found[oid] = int(size)
        return found

    def contents(self, ids: Sequence[str]) -> Iterator[bytes | None]:
        """Read blobs in the order given; None for one that the repository lacks."""
        with self._started("cat-file", "--batch", "--buffer", lines=ids) as output:
            for _ in ids:
                parts = output.readline().split()
                if len(parts) != 3 or not parts[2].isdigit():
                    if not parts:
                        raise self._failed("cat-file")
                    yield None
                    continue
                size = int(parts[2])
                content = output.read(size + 1)
                if len(content) != size + 1:
                    raise self._failed("cat-file")
                yield content[:size] if parts[1] == b"blob" else None

    def _ask(self, *arguments: str) -> str | None:
        """Run git for a short answer; None if it fails."""
        result = self._call(arguments, b"")
        if result is None or result.returncode != 0:
            return None
        return os.fsdecode(result.stdout).strip()

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        result = self._call(arguments, stdin)
        if result is None or result.returncode != 0:
            raise self._failed(arguments[0])
        return result.stdout

    def _call(self, arguments: Sequence[str], stdin: bytes) -> subprocess.CompletedProcess[bytes] | None:
        try:
            return subprocess.run(
                self._command(*arguments),
                cwd=self.folder,
                env=safe_environment(),
                input=stdin,
                capture_output=True,
                check=False,
            )
        except OSError:
            return None

    def _command(self, *arguments: str) -> list[str]:
        command = safe_command(*_OPTIONS, f"--git-dir={self._git_dir}", *arguments)
        if command is None:
            raise CorpusError(
                "git is not installed, so no repository can be read; install it or add a folder"
            )
        return command

    @contextmanager
    def _started(self, *arguments: str, lines: Sequence[str] = ()) -> Iterator[IO[bytes]]:
        """Run git and read what it prints while it runs; it is ended when the reader has enough."""
        process = subprocess.Popen(
            self._command(*arguments),
            cwd=self.folder,
            env=safe_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=1 << 20,
        )
        assert process.stdin
        assert process.stdout
        # A thread of its own feeds git: both pipes fill up otherwise, and each side waits for the other.
        feeder = threading.Thread(target=_feed, args=(process.stdin, lines), daemon=True)
        feeder.start()
        finished = False
        try:
            yield process.stdout
            finished = True
        finally:
            if not finished or process.stdout.read(1):
                process.kill()
            process.stdout.close()
            feeder.join()
            code = process.wait()
        if finished and code > 0:
            raise self._failed(arguments[0])

    def _failed(self, command: str) -> CorpusError:
        return CorpusError(
            f"git {command} failed in {self.folder}; `git -C {self.folder} fsck` tells whether it is whole"
        )


def _feed(stream: IO[bytes], lines: Sequence[str]) -> None:
    with suppress(OSError), stream:
        for line in lines:
            stream.write(f"{line}\n".encode("ascii"))


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    """Cut a stream at its NULs."""
    rest = b""
    while block := stream.read1(1 << 20):  # type: ignore[attr-defined]
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _version(entry: bytes, path: bytes, commit: str) -> Blob | None:
    """Return what ``:100644 100644 OLD NEW M`` brought at a path; None for what is no file."""
    fields = entry[1:].split()
    if len(fields) < 5 or fields[1] not in _FILE_MODES:
        return None
    return Blob(os.fsdecode(path), fields[3].decode("ascii", "replace"), commit)
