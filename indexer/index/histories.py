"""The history of a generation: the previous one's while the work tree stands at the same commit, else read anew.

It is read beside the analysis of files, in a thread: nearly all of the time is git's.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from indexer.history import HistoryTable, head_of, read_commits
from indexer.index.schema import HISTORY_FILE
from indexer.index.tables import load_arrays, save_arrays
from indexer.lexical.terms import TermExpander

NO_HISTORY = HistoryTable.of("", (), TermExpander())


@contextmanager
def history_meanwhile(
    root: Path, uses_git: bool, previous: HistoryTable | None
) -> Iterator[Future[HistoryTable]]:
    """Read the history of a folder while something else is done.

    :param uses_git: False reads nothing.
    :param previous: what the generation before holds.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="history") as thread:
        yield thread.submit(_history, root, uses_git, previous)


def _history(root: Path, uses_git: bool, previous: HistoryTable | None) -> HistoryTable:
    head = head_of(root) if uses_git else ""
    if previous is not None and previous.head_name == head:
        return previous
    return HistoryTable.of(head, read_commits(root, head), TermExpander()) if head else NO_HISTORY


def save_history(folder: Path, history: HistoryTable) -> None:
    """Write a history into a generation's folder."""
    save_arrays(folder / HISTORY_FILE, history.arrays())


def load_history(folder: Path) -> HistoryTable:
    """Map the history of a generation's folder.

    :raises OSError: if the file is missing.
    :raises ValueError: if it holds something else.
    """
    return HistoryTable.from_arrays(load_arrays(folder / HISTORY_FILE), folder / HISTORY_FILE)
