"""What the index knows about the code around a cursor: definitions of the names in it, and chunks that are like it."""

import re
from collections.abc import Callable, Iterator

from assistant.completion.material.fragments import Fragment, Why, words_of
from assistant.completion.material.windows import similarity
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.index.snapshot import Snapshot, StoredDefinition
from indexer.lexical.terms import TermExpander

_IN_SIGHT_LINES = 12
"""Lines before the cursor whose names are looked up, the nearest first."""
_MOST_NAMESAKES = 3
_MOST_SIGNATURE_LINES = 6
_NAME = re.compile(r"[^\W\d]\w{3,}")
_TELLING = frozenset(
    "function method constructor class interface struct enum trait type record object macro".split()
)
_ASIDE = Role.TEST | Role.VENDORED | Role.GENERATED | Role.EXAMPLE
_MOST_TERMS = 40
_CHUNKS = 24
_COMPARED = 8
_LEAST_SCORE = 0.12
_MOST_LINES = 30


def definitions(source: Source, path: str, before: str, go_on: Callable[[], bool]) -> Iterator[Fragment]:
    """Yield the signatures of what the last lines name, where one place alone defines it; the nearest names first.

    :param path: of the document; what it defines itself is in the prompt anyway.
    :param before: the document up to the cursor.
    :param go_on: asked before each name is looked up.
    """
    seen: set[str] = set()
    for line in reversed(before.rsplit("\n", _IN_SIGHT_LINES)[-_IN_SIGHT_LINES:]):
        for name in _NAME.findall(line):
            if name in seen:
                continue
            if not go_on():
                return
            seen.add(name)
            definition = _only_definition(source.snapshot, name)
            if definition is not None and definition.path != path:
                signature = _signature(source, definition)
                if signature is not None:
                    yield signature


def _only_definition(snapshot: Snapshot, name: str) -> StoredDefinition | None:
    """Return the definition of a name; None if there is none, or several of which any could be meant."""
    rows = snapshot.definition_rows_named(name)
    if not 0 < len(rows) <= _MOST_NAMESAKES:
        return None
    found = [
        definition
        for row in rows
        if (definition := snapshot.definition(int(row))).name == name
        and definition.kind in _TELLING
        and not int(snapshot.roles[definition.file]) & _ASIDE.value
    ]
    return found[0] if len(found) == 1 else None


def _signature(source: Source, definition: StoredDefinition) -> Fragment | None:
    """Return a definition's first lines; None if its file is another than was indexed."""
    start = definition.start_line
    end = min(max(definition.signature_end_line, definition.name_line), start + _MOST_SIGNATURE_LINES - 1)
    text = _lines(source, definition.file, start, end)
    if text is None:
        return None
    return Fragment(definition.path, start, end, text, Why.DEFINITION, 1.0)


def _lines(source: Source, file: int, start: int, end: int) -> str | None:
    """Return lines of an indexed file; None if it has changed since: they may be others."""
    snapshot = source.snapshot
    read = source.texts.read(snapshot.paths[file])
    if read is None or bytes(snapshot.files.records[file]["content_hash"]) != read.content_hash:
        return None
    lines = read.text.split(b"\n", end)[start - 1 : end]
    return b"\n".join(line.removesuffix(b"\r") for line in lines).decode("utf-8", "replace").rstrip()


class SimilarChunks:
    """Finds chunks of the repository by their words. Not safe to use from several threads."""

    def __init__(self) -> None:
        self._expander = TermExpander()

    def similar(self, source: Source, path: str, near: str, go_on: Callable[[], bool]) -> Iterator[Fragment]:
        """Yield chunks that share words with the lines around the cursor, most similar first.

        :param path: of the document, which is left out.
        :param go_on: asked before each chunk is read.
        """
        words = words_of(near)
        rows = self._candidates(source, near)
        snapshot = source.snapshot
        found: list[Fragment] = []
        for row in rows:
            record = snapshot.chunks.records[row]
            file = int(record["file"])
            if snapshot.paths[file] == path:
                continue
            if not go_on() or len(found) >= _COMPARED:
                break
            start = int(record["start_line"])
            end = min(int(record["end_line"]), start + _MOST_LINES - 1)
            text = _lines(source, file, start, end)
            if text is None:
                continue
            score = similarity(words, words_of(text))
            if score >= _LEAST_SCORE:
                found.append(Fragment(snapshot.paths[file], start, end, text, Why.REPOSITORY, score))
        yield from sorted(found, key=lambda fragment: -fragment.score)

    def _candidates(self, source: Source, near: str) -> list[int]:
        """Return chunk rows that hold the rarest of the words, best first."""
        snapshot = source.snapshot
        terms = set(self._expander.expand_text(near).split())
        known = [
            (count, term) for term in terms if (count := snapshot.lexical.document_frequency("text", term))
        ]
        chosen = {term: 1.0 for _, term in sorted(known)[:_MOST_TERMS]}
        hits = snapshot.lexical.search({"text": chosen}, _CHUNKS)
        rows: list[int] = snapshot.chunk_rows(hits.uids).tolist()
        return rows
