"""Works on an index in a process of its own, for the tests: ``python index_process.py COMMAND ROOT INDEX [NUMBER]``.

``update`` updates once; ``edit`` makes so many edits and updates after each; ``read`` opens and searches until the
index says ``done`` and prints how often; ``limit`` updates under a limit of so many bytes a file; ``open`` opens and
closes so many snapshots with few file descriptors.
"""

import os
import sys
from pathlib import Path

from indexer.embedding import StaticEmbedder
from indexer.errors import IndexerError
from indexer.index.generations import IndexDirectory
from tests.indexer.index_support import Project, files_with

DESCRIPTORS = 40


def edit(project: Project, number: int) -> None:
    for _ in range(number):
        path = project.root / "counter.py"
        count = int(path.read_text().split()[-1]) + 1
        new = path.with_name(f"{os.getpid()}.new")
        new.write_text(f"edit = {count}\n")
        new.replace(path)
        project.update()


def read(project: Project) -> int:
    count = 0
    while True:
        snapshot = project.open()
        paths = files_with(snapshot, "edit")
        assert paths == {"counter.py"}, paths
        assert len(snapshot.chunks) == len(snapshot.vectors)
        count += 1
        if files_with(snapshot, "done"):
            return count


def limit_file_size(n_bytes: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


def open_many(project: Project, number: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    for _ in range(number):
        assert len(project.open().paths) > 0


def main(command: str, root: str, index: str, number: str = "0") -> int:
    project = Project(Path(root), IndexDirectory(Path(index)), StaticEmbedder.load())
    try:
        if command == "edit":
            edit(project, int(number))
        elif command == "read":
            print(read(project))  # noqa: T201 - the answer
        elif command == "open":
            open_many(project, int(number))
        else:
            if command == "limit":
                limit_file_size(int(number))
            project.update()
    except IndexerError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - the answer
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
