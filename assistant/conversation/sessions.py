"""Conversations on disk: a file of JSON lines each, for the user alone, in the user's data folder.

The first line says when and about which repositories; each turn is appended when it is over, so a killed process loses
none. What was sent is not kept here: questions and answers only.
"""

import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from assistant.conversation.follow_up import Subject
from assistant.conversation.history import Turn
from assistant.errors import AssistError

_VERSION = 1
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_MAX_TITLE_CHARS = 80


class SessionError(AssistError):
    """A saved conversation that cannot be found or written."""


@dataclass(frozen=True, slots=True)
class SavedSession:
    """A conversation as the list shows it."""

    id: str
    roots: tuple[Path, ...]
    title: str
    """The first question, shortened."""
    turns: int
    changed_s: float
    """Seconds since the epoch."""


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return where conversations are kept; ``ASSIST_DATA_DIR`` moves it. For entry points."""
    folder = environ.get("ASSIST_DATA_DIR") or platformdirs.user_data_dir("assist", appauthor=False)
    return Path(os.path.abspath(folder))


class Session:
    """One conversation's file. Nothing is written before the first turn."""

    def __init__(self, folder: Path, session_id: str, roots: Sequence[Path]) -> None:
        self.id = session_id
        self._file = folder / f"{session_id}.jsonl"
        self._roots = tuple(roots)

    def append(self, turn: Turn) -> None:
        """Add a turn.

        :raises SessionError: if the file cannot be written.
        """
        record = {
            "event": "turn",
            "question": turn.question,
            "answer": turn.answer,
            "query": turn.subject.question,
            "names": list(turn.subject.names),
            "complete": turn.complete,
        }
        self._write(record)

    def clear(self) -> None:
        """Note that what comes next is to be understood without what came before."""
        if self._file.exists():
            self._write({"event": "clear"})

    def turns(self) -> list[Turn]:
        """Return the turns since the conversation was last cleared; lines that cannot be read are passed over."""
        found: list[Turn] = []
        for record in _records(self._file):
            if record.get("event") == "clear":
                found.clear()
            elif record.get("event") == "turn":
                found.append(_turn(record))
        return found

    def _write(self, record: Mapping[str, Any]) -> None:
        lines = [record]
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._file, flags | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "ab") as stream:
                if not os.fstat(descriptor).st_size:
                    head = {"event": "session", "version": _VERSION, "time": time.time()}
                    lines.insert(0, {**head, "roots": [str(root) for root in self._roots]})
                stream.write("".join(json.dumps(line) + "\n" for line in lines).encode("ascii"))
        except OSError as error:
            raise SessionError(
                f"the conversation cannot be saved in {self._file} ({error.strerror}); "
                "make its folder writable, or move it with ASSIST_DATA_DIR"
            ) from error


class SessionStore:
    """All conversations of the user.

    :param data_dir: the user's data folder.
    """

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "sessions"

    def new(self, roots: Sequence[Path]) -> Session:
        """Begin a conversation."""
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
        return Session(self.folder, name, roots)

    def open(self, session_id: str, roots: Sequence[Path]) -> Session:
        """Take up a conversation.

        :param session_id: its name, the beginning of one, or empty for the last one about these folders.
        :raises SessionError: if there is none, or several begin so.
        """
        saved = self.all()
        if not session_id:
            found = [item for item in saved if set(item.roots) & set(roots)][:1]
            missing = "there is no saved conversation about this repository"
        else:
            found = [item for item in saved if item.id.startswith(session_id)]
            missing = f'there is no saved conversation "{session_id}"'
        if not found:
            raise SessionError(f"{missing}; `/sessions` in `assist chat` lists them all")
        if len(found) > 1:
            raise SessionError(f'{len(found)} conversations begin with "{session_id}"; give more of the name')
        return Session(self.folder, found[0].id, found[0].roots)

    def all(self) -> list[SavedSession]:
        """Return the conversations, the last changed first."""
        found = [_saved(file) for file in self._files()]
        return sorted(
            (item for item in found if item is not None),
            key=lambda item: (item.changed_s, item.id),
            reverse=True,
        )

    def delete(self, session_id: str) -> None:
        """Remove a conversation for good.

        :raises SessionError: as :meth:`open`.
        """
        (self.folder / f"{self.open(session_id, ()).id}.jsonl").unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (file for file in self.folder.glob("*.jsonl") if _ID.fullmatch(file.stem))


def _saved(file: Path) -> SavedSession | None:
    try:
        changed_s = file.stat().st_mtime
    except OSError:
        return None
    head: Mapping[str, Any] = {}
    title, count = "", 0
    for record in _records(file):
        if record.get("event") == "session":
            head = record
        elif record.get("event") == "turn":
            count += 1
            title = title or " ".join(str(record.get("question", "")).split())[:_MAX_TITLE_CHARS]
    roots = head.get("roots", [])
    paths = tuple(Path(root) for root in roots if isinstance(root, str)) if isinstance(roots, list) else ()
    return SavedSession(file.stem, paths, title, count, changed_s)


def _turn(record: Mapping[str, Any]) -> Turn:
    names = record.get("names")
    subject = Subject(str(record.get("query", "")), tuple(map(str, names)) if isinstance(names, list) else ())
    question, said = str(record.get("question", "")), str(record.get("answer", ""))
    return Turn(question, said, subject, bool(record.get("complete", True)))


def _records(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open("rb") as stream:
            for line in stream:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record
    except OSError:
        return
