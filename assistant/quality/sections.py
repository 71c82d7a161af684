"""Queries from a repository's own documents: what a section says first asks for the files that define what it names.

They ask how something works rather than for a detail, as questions about architecture do. Only Markdown is read. The
asked paragraph is masked in the copy that is searched (:mod:`assistant.quality.trees`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assistant.quality.queries import DerivedQuery, Kind, Target, sampled
from assistant.retrieval.places import BEHIND
from indexer.discovery import Role
from indexer.index.snapshot import Snapshot
from indexer.languages import LANGUAGES, LanguageKind

_FEWEST_WORDS, _MOST_WORDS = 4, 25
_MOST_TARGETS = 2
_MOST_NAMED = 6
"""A section that names more files is about none of them."""

_SHORTEST_NAME = 4
_LINKED = 2
"""A file that is named itself counts so many times a name that it defines."""

_HEADING = re.compile(r"#{1,6}\s+(.+)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_NO_PROSE = re.compile(r"[|<>!\[=:.#-]|\*\s|\+\s|\d+[.)]\s")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"[`*_]{1,2}(?=\w)|(?<=[\w)])[`*]{1,2}")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s")
_NAME = re.compile(r"`([A-Za-z_][\w.:]*)(?:\([^`]*\))?`")
_FILE = re.compile(r"[\w./-]+\.\w{1,6}\b")
_UNSUITED = re.compile(
    r"https?:|[{}<>=;|\\]|licen[cs]e|install|contribut|version|release|deprecat|you can find|\bsee\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a document.

    :param prose: its heading and text without code blocks, as written.
    :param first: bytes of its first paragraph.
    """

    prose: str
    sentence: str
    first: tuple[int, int]


def sections(text: bytes) -> Iterator[Section]:
    """Yield the sections of a Markdown text whose first sentence may be asked."""
    prose: list[str] = []
    first: list[bytes] = []
    start = position = 0
    fenced = open_paragraph = False
    for line in (*text.splitlines(keepends=True), b"# \xe2\x80\x8b end"):
        plain = line.decode("utf-8", "replace").strip()
        if _FENCE.match(plain):
            fenced, open_paragraph = not fenced, False
        elif not fenced and _HEADING.fullmatch(plain):
            yield from _section(prose, first, start)
            prose, first, open_paragraph = [plain], [], False
        elif not fenced and prose:
            prose.append(plain)
            if open_paragraph and plain:
                first.append(line)
            elif not first and plain and not _NO_PROSE.match(plain):
                first, start, open_paragraph = [line], position, True
            else:
                open_paragraph = False
        position += len(line)


def _section(prose: Sequence[str], first: Sequence[bytes], start: int) -> Iterator[Section]:
    paragraph = b"".join(first)
    said = _SENTENCE_END.split(" ".join(paragraph.decode("utf-8", "replace").split()))[0]
    sentence = _EMPHASIS.sub("", _LINK.sub(r"\1", said)).strip(" .:")
    if _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS and not _UNSUITED.search(sentence):
        yield Section("\n".join(prose), sentence, (start, start + len(paragraph)))


class NamedFiles:
    """Finds the files of code that a text names, or that alone define what it names."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        code = {name for name, language in LANGUAGES.items() if language.kind is LanguageKind.CODE}
        self._code = {
            row
            for row, (language, role) in enumerate(
                zip(snapshot.languages, snapshot.roles.tolist(), strict=True)
            )
            if language in code and not Role(role) & BEHIND
        }
        self._by_name: dict[str, list[int]] = {}
        for row in self._code:
            self._by_name.setdefault(PurePosixPath(snapshot.paths[row]).name, []).append(row)

    def of(self, prose: str) -> list[str]:
        """Return the files named most; none where too many are named."""
        named: Counter[int] = Counter()
        for path in _FILE.findall(prose):
            wanted = path.lstrip("./")
            rows = [
                row for row in self._by_name.get(PurePosixPath(wanted).name, ())
                if f"/{self._snapshot.paths[row]}".endswith(f"/{wanted}")
            ]  # fmt: skip
            if len(rows) == 1:
                named[rows[0]] += _LINKED
        for name in _NAME.findall(prose):
            if (row := self._defined_in(re.split(r"[.:]+", name.rstrip(".:"))[-1])) is not None:
                named[row] += 1
        if not 1 <= len(named) <= _MOST_NAMED:
            return []
        most = max(named.values())
        best = named.most_common(_MOST_TARGETS)
        return [self._snapshot.paths[row] for row, count in best if 2 * count >= most]

    def _defined_in(self, name: str) -> int | None:
        if len(name) < _SHORTEST_NAME:
            return None
        rows = self._snapshot.definition_rows_named(name)
        records = self._snapshot.definitions.records
        files = {
            int(records[row]["file"]) for row in rows.tolist() if self._snapshot.definition(row).name == name
        }
        files &= self._code
        return files.pop() if len(files) == 1 else None


def section_queries(
    snapshot: Snapshot, tree: Path, count: int
) -> list[tuple[DerivedQuery, str, tuple[int, int]]]:
    """Choose queries from the documents of an indexed tree.

    :return: the queries, each with the document and the bytes that are to be masked in it.
    """
    files = NamedFiles(snapshot)
    found: list[tuple[DerivedQuery, str, tuple[int, int]]] = []
    for path, language in zip(snapshot.paths, snapshot.languages, strict=True):
        if language != "markdown" or "change" in path.lower():
            continue
        for section in sections((tree / path).read_bytes()):
            if targets := files.of(section.prose):
                row = snapshot.file_row(targets[0])
                assert row is not None
                query = DerivedQuery(
                    section.sentence, Kind.SECTION, snapshot.languages[row], tuple(map(Target, targets))
                )
                found.append((query, path, section.first))
    said = Counter(query.text.lower() for query, *_ in found)
    unlike = [item for item in found if said[item[0].text.lower()] == 1]
    return sampled(unlike, lambda item: item[0].text, count)
