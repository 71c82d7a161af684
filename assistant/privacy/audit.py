"""The audit log: a line before each request leaves, a line when it is over.

JSON lines in the user's state folder, mode 0600, rotated by size. The first line is written before the first byte is
sent, and nothing is sent if it cannot be written: a process that is killed leaves no request unrecorded. Any number of
processes append at once: each line is one write to a file opened for appending.

A line holds no secret and, unless the user asks for it, no text: addresses without credentials and query, paths, line
numbers, bytes, kinds of what was redacted. With ``audit_full_text`` it holds the body as it was sent.
"""

import datetime
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.privacy.errors import EgressRefusedError

LOG_NAME = "audit.jsonl"
MAX_LOG_BYTES = 5_000_000
KEPT_LOGS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as the log tells it."""

    id: str
    started: dict[str, Any]
    ended: dict[str, Any] | None
    """None while it runs, or if its process ended before it did."""

    def as_record(self) -> dict[str, Any]:
        """Return the request as one object for JSON."""
        ended = self.ended or {"outcome": "no end recorded"}
        return {
            **self.started,
            **{key: value for key, value in ended.items() if key not in ("id", "event", "time")},
        }


class AuditLog:
    """The log in one folder.

    :param folder: the user's state folder; made when the first line is written.
    :param full_text: whether bodies are kept.
    """

    def __init__(self, folder: Path, *, full_text: bool = False, max_bytes: int = MAX_LOG_BYTES) -> None:
        self.file = folder / LOG_NAME
        self.full_text = full_text
        self._max_bytes = max_bytes

    def start(self, record: Mapping[str, Any], body: str | None = None) -> str:
        """Write that a request is about to be sent, and return its name in the log.

        :raises EgressRefusedError: if the log cannot be written.
        """
        name = secrets.token_hex(6)
        kept = {"text": body} if self.full_text and body is not None else {}
        try:
            self._append({"id": name, "event": "request", "time": _now(), **record, **kept})
        except OSError as error:
            raise EgressRefusedError(
                f"nothing was sent: the audit log {self.file} cannot be written ({error.strerror}); "
                "make its folder writable, or move it with ASSIST_STATE_DIR"
            ) from error
        return name

    def end(self, name: str, record: Mapping[str, Any]) -> None:
        """Write how a request ended; a log that can no longer be written changes nothing about that."""
        try:
            self._append({"id": name, "event": "end", "time": _now(), **record})
        except OSError:
            return

    def entries(self, limit: int | None = None) -> list[Entry]:
        """Return the last requests, oldest first; lines that cannot be read are passed over."""
        started: dict[str, dict[str, Any]] = {}
        ended: dict[str, dict[str, Any]] = {}
        for file in (*(self._old(i) for i in range(KEPT_LOGS, 0, -1)), self.file):
            for record in _records(file):
                (started if record.get("event") == "request" else ended)[str(record.get("id"))] = record
        found = [Entry(name, record, ended.get(name)) for name, record in started.items()]
        return found if limit is None else found[max(0, len(found) - limit) :]

    def _append(self, record: Mapping[str, Any]) -> None:
        line = (json.dumps(record, ensure_ascii=True, separators=(",", ":")) + "\n").encode("ascii")
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = (
            os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        )
        descriptor = os.open(self.file, flags, 0o600)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
            if os.write(descriptor, line) != len(line):
                raise OSError(0, "the disk is full")
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        if size > self._max_bytes:
            self._rotate()

    def _rotate(self) -> None:
        """Put the log aside and begin a new one; a line that comes meanwhile still lands in a kept file."""
        try:
            with FileLock(f"{self.file}.lock", timeout=0, mode=0o600):
                if self.file.stat().st_size <= self._max_bytes:
                    return
                for i in range(KEPT_LOGS - 1, 0, -1):
                    if self._old(i).exists():
                        os.replace(self._old(i), self._old(i + 1))
                os.replace(self.file, self._old(1))
        except (Timeout, OSError):
            return  # another process does it, or the next line will

    def _old(self, number: int) -> Path:
        return self.file.with_suffix(f".{number}.jsonl")


def _records(file: Path) -> list[dict[str, Any]]:
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            found.append(record)
    return found


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
