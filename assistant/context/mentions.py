"""What the user points at in a question.

``@src/a.py:10-20``, ``@src/``, ``@PdfReader.parse``, ``@diff``, ``@commit:REV``, ``@selection``, ``@https://...``. A
kind may be spelled out (``@file:``, ``@dir:``, ``@symbol:``, ``@url:``) and a name with blanks quoted
(``@"my docs/a.md"``). A bare word that names neither file nor symbol is the user's own word and stays text; everything
else that cannot be resolved is an error that says what is wrong.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from assistant.answers.places import current_file
from assistant.context.git import commit, uncommitted_changes
from assistant.context.items import ContextItem
from assistant.errors import AssistError
from assistant.retrieval.search import Source

Fetch = Callable[[str], str]
"""Returns the text of a page; the privacy gate's, which decides whether the address may be asked at all."""

MENTION_SCORE = 1000.0
"""What the user names goes before what a search finds."""

_MENTION = re.compile(
    r"(?<![\w@`/.])@(?:(?P<kind>file|dir|symbol|commit|url):)?"
    r"(?:\"(?P<quoted>[^\"\n]{1,300})\"|(?P<plain>[^\s\"`',;!?()\[\]{}<>]{1,300}))"
)
_LINES = re.compile(r"(?P<path>.+?)(?::L?|#L)(?P<start>\d{1,7})(?:-L?(?P<end>\d{1,7}))?")
_MAX_SYMBOLS = 5
_MAX_SUGGESTIONS = 2
_DIFF_FILE = re.compile(r"^diff --git (?P<names>.*)$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([0-7]{3}|.)")
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class MentionError(AssistError):
    """A mention that leads nowhere; the message says why and what to write instead."""


class MentionKind(StrEnum):
    """What a mention points at."""

    FILE = "file"
    DIR = "dir"
    SYMBOL = "symbol"
    DIFF = "diff"
    COMMIT = "commit"
    SELECTION = "selection"
    URL = "url"
    GUESS = "guess"
    """A bare word: a file or a symbol if there is one of this name, else no mention."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention in a question: ``text`` as it stands there, from ``start_char``; what it names in ``value``."""

    kind: MentionKind
    value: str
    text: str
    start_char: int


def find_mentions(question: str) -> list[Mention]:
    """Return the mentions in a question, in order. Addresses of people and text in back-ticks are none."""
    spans = [match.span() for match in re.finditer(r"`[^`\n]*`", question)]
    mentions = []
    for match in _MENTION.finditer(question):
        if any(start < match.start() < end for start, end in spans):
            continue
        quoted = match["quoted"]
        value = quoted if quoted is not None else match["plain"].rstrip(".:")
        if value:
            text = match.group() if quoted is not None else match.group().rstrip(".:")
            mentions.append(Mention(_kind(match["kind"], value), value, text, match.start()))
    return mentions


def _kind(stated: str | None, value: str) -> MentionKind:
    if stated:
        return MentionKind(stated)
    if value in ("diff", "commit", "selection"):
        return MentionKind(value)
    if re.match(r"https?://", value):
        return MentionKind.URL
    if value.endswith("/"):
        return MentionKind.DIR
    if "/" in value or "\\" in value or _LINES.fullmatch(value):
        return MentionKind.FILE
    return MentionKind.GUESS


class MentionResolver:
    """Turns mentions into passages."""

    def __init__(
        self, sources: Sequence[Source], selection: ContextItem | None = None, fetch: Fetch | None = None
    ) -> None:
        """Prepare to resolve.

        :param selection: what is selected in the editor, if any.
        :param fetch: asks the network; None where that is not allowed.
        """
        self._sources = tuple(sources)
        self._selection = selection
        self._fetch = fetch

    def resolve(self, mention: Mention) -> list[ContextItem]:
        """Return the passages that a mention stands for; none for a bare word that names nothing here.

        :raises MentionError: if it names something that is not there, or may not be had.
        :raises GitError: if git cannot tell.
        """
        by_kind = {
            MentionKind.FILE: self._file,
            MentionKind.DIR: self._folder,
            MentionKind.SYMBOL: self._symbol,
            MentionKind.DIFF: self._diff,
            MentionKind.COMMIT: self._commit,
            MentionKind.SELECTION: self._selected,
            MentionKind.URL: self._url,
            MentionKind.GUESS: self._guess,
        }
        return by_kind[mention.kind](mention)

    def _file(self, mention: Mention) -> list[ContextItem]:
        found = self._paths(_clean(mention.value))
        lines = None if found else _LINES.fullmatch(mention.value)
        path = _clean(lines["path"] if lines else mention.value)
        found = found or self._paths(path)
        if not found and self._below(path):
            return self._folder(mention)
        if not found:
            raise MentionError(f"{mention.text}: no such file{self._near(path)}")
        if len(found) > 1:
            names = ", ".join(f"@{name}" for _, name in found[:4])
            raise MentionError(f"{mention.text}: several files are called so; write {names}")
        source, name = found[0]
        start = int(lines["start"]) if lines else 1
        end = int(lines["end"] or start) if lines else None
        return [self._lines(mention, source, name, start, end)]

    def _lines(self, mention: Mention, source: Source, path: str, start: int, end: int | None) -> ContextItem:
        file = current_file(source, path)
        if file is None:
            raise MentionError(f"{mention.text}: {path} was indexed, but is gone or no text any more")
        count = len(file.lines)
        end = count if end is None else end
        if count and not 1 <= start <= end <= count:
            raise MentionError(f"{mention.text}: {path} has lines 1 to {count}")
        text = "\n".join(file.lines[start - 1 : end])
        kind = "file" if (start, end) == (1, count) else "selection"
        return ContextItem(
            path, start, end, text, kind, MENTION_SCORE, f"you named {mention.text}", source.snapshot.root
        )

    def _folder(self, mention: Mention) -> list[ContextItem]:
        path = _clean(mention.value).rstrip("/")
        found = self._below(path)
        if not found:
            raise MentionError(f"{mention.text}: no such folder with indexed files{self._near_folder(path)}")
        items = []
        for source, name in found:
            file = current_file(source, name)
            if file is not None and file.lines:
                origin = f"in {mention.text}, which you named"
                text = "\n".join(file.lines)
                root = source.snapshot.root
                items.append(
                    ContextItem(name, 1, len(file.lines), text, "file", MENTION_SCORE - 1, origin, root)
                )
        return items

    def _symbol(self, mention: Mention) -> list[ContextItem]:
        parts = re.split(r"\.|::|#", mention.value.rstrip("()"))
        items = []
        for source in self._sources:
            for definition in source.snapshot.definitions_named(parts[-1])[: 50 * _MAX_SYMBOLS]:
                scope = set(re.findall(r"\w+", definition.scope))
                if definition.name != parts[-1] or (len(parts) > 1 and scope and not scope & set(parts[:-1])):
                    continue
                file = current_file(source, definition.path)
                places = (
                    [item for item in file.definitions if item.qualified_name == definition.qualified_name]
                    if file
                    else []
                )
                if file is None or not places:
                    continue
                place = min(places, key=lambda item: abs(item.start_line - definition.start_line))
                text = "\n".join(file.lines[place.start_line - 1 : place.end_line])
                origin, root = f"you named {mention.text}", source.snapshot.root
                items.append(
                    ContextItem(
                        file.path,
                        place.start_line,
                        place.end_line,
                        text,
                        "definition",
                        MENTION_SCORE,
                        origin,
                        root,
                    )
                )
        if not items:
            raise MentionError(
                f"{mention.text}: nothing of this name is defined here; try `assist search {parts[-1]}`"
            )
        return list(dict.fromkeys(items))[:_MAX_SYMBOLS]

    def _guess(self, mention: Mention) -> list[ContextItem]:
        if self._paths(mention.value) or self._below(mention.value):
            return self._file(mention)
        try:
            return self._symbol(mention)
        except MentionError:
            return []

    def _diff(self, mention: Mention) -> list[ContextItem]:
        items = []
        for source in self._sources:
            items += _by_file(
                uncommitted_changes(source.snapshot.root), "diff", "uncommitted changes", source
            )
        if not items:
            raise MentionError("@diff: there are no uncommitted changes")
        return items

    def _commit(self, mention: Mention) -> list[ContextItem]:
        revision = "HEAD" if mention.value == "commit" else mention.value
        source = self._sources[0]
        text = commit(source.snapshot.root, revision)
        message, mark, changes = text.partition("\ndiff --git ")
        origin, root = f"you named {mention.text}", source.snapshot.root
        head = ContextItem(revision, 0, 0, message.strip("\n"), "commit", MENTION_SCORE, origin, root)
        return [
            head,
            *_by_file(f"diff --git {changes}" if mark else "", "diff", f"changed in {revision}", source),
        ]

    def _selected(self, mention: Mention) -> list[ContextItem]:
        if self._selection is None:
            raise MentionError(
                "@selection: nothing is selected; select lines in the editor, or write @path:10-20"
            )
        return [self._selection]

    def _url(self, mention: Mention) -> list[ContextItem]:
        if self._fetch is None:
            raise MentionError(
                f"{mention.text}: fetching pages is not allowed here; allow it in your settings, or paste the text"
            )
        text = self._fetch(mention.value)
        return [ContextItem(mention.value, 0, 0, text, "url", MENTION_SCORE, f"you named {mention.text}")]

    def _paths(self, path: str) -> list[tuple[Source, str]]:
        """Return the files of this path, or whose path ends so."""
        path = _clean(path)
        exact = [(source, path) for source in self._sources if source.snapshot.file_row(path) is not None]
        return exact or [
            (source, name)
            for source in self._sources
            for name in source.snapshot.paths
            if path and name.endswith("/" + path)
        ]

    def _below(self, folder: str) -> list[tuple[Source, str]]:
        start = "" if folder in ("", ".") else _clean(folder).rstrip("/") + "/"
        return [
            (source, name)
            for source in self._sources
            for name in source.snapshot.paths
            if name.startswith(start)
        ]

    def _near(self, path: str) -> str:
        names = [name for source in self._sources for name in source.snapshot.paths]
        stem = path.rsplit("/", 1)[-1]
        same = [name for name in names if name.rsplit("/", 1)[-1] == stem]
        close = (
            same
            or _close(path, names)
            or [
                name
                for name in names
                if name.rsplit("/", 1)[-1] in _close(stem, {n.rsplit("/", 1)[-1] for n in names})
            ]
        )
        return (
            f"; did you mean {' or '.join(f'@{name}' for name in close[:_MAX_SUGGESTIONS])}?"
            if close
            else ("; it may be left out of the index, `assist status --files` tells why")
        )

    def _near_folder(self, path: str) -> str:
        folders = {
            name.rpartition("/")[0] + "/" for source in self._sources for name in source.snapshot.paths
        }
        close = _close(path + "/", folders)
        return f"; did you mean @{close[0]}?" if close else ""


def _close(word: str, among: Sequence[str] | set[str]) -> list[str]:
    """Return what is spelled nearly so; only names of like length are compared, since trees are large."""
    likely = [name for name in among if abs(len(name) - len(word)) <= 3]
    return difflib.get_close_matches(word, likely[:3000], _MAX_SUGGESTIONS, 0.8)


def _clean(path: str) -> str:
    path = path.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return path


def _by_file(diff: str, kind: str, origin: str, source: Source) -> list[ContextItem]:
    """Cut a diff into one passage a file, so that ignore rules can leave a file out."""
    starts = [match.start() for match in _DIFF_FILE.finditer(diff)]
    items = []
    for start, end in pairwise([*starts, len(diff)]):
        text = diff[start:end].rstrip("\n")
        match = _DIFF_FILE.match(text)
        assert match is not None
        path, root = _path_in(match["names"]), source.snapshot.root
        if path:  # what cannot be told from whom it is cannot be judged
            items.append(ContextItem(path, 0, 0, text, kind, MENTION_SCORE, origin, root))
    return items


def _path_in(names: str) -> str:
    """Return the path that a diff's ``a/PATH b/PATH`` names twice, as there are no renames; empty if it does not.

    Whole halves are compared: a path may itself hold `` b/``.
    """
    half = len(names) // 2
    old, new = names[:half], names[half + 1 :]
    if old.startswith('"') and new.endswith('"'):
        old, new = _unquoted(old[1:-1]), _unquoted(new[1:-1])
    return new[2:] if (old[:2], new[:2]) == ("a/", "b/") and old[2:] == new[2:] else ""


def _unquoted(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match.group(1)
        return chr(int(code, 8)) if len(code) == 3 else _CONTROLS.get(code, code)

    return _ESCAPED.sub(character, text)
