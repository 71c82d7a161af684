"""What the index knows about the code around a cursor: definitions of the names in it, and chunks that are like it."""

from collections.abc import Callable, Iterator

from assistant.completion.material.fragments import Fragment, Why, words_of
from assistant.completion.material.windows import similarity
from assistant.context.items import ContextItem
from assistant.context.related import signatures_used
from assistant.retrieval.search import Source
from assistant.retrieval.sources import split_lines
from indexer.lexical.terms import TermExpander

_IN_SIGHT_LINES = 12
"""Lines before the cursor whose names are looked up, the nearest first."""
_MOST_TERMS = 40
_CHUNKS = 24
_COMPARED = 8
_LEAST_SCORE = 0.12
_MOST_LINES = 30


def definitions(source: Source, path: str, before: str) -> Iterator[Fragment]:
    """Yield the signatures of what the last lines name, where one place alone defines it.

    :param path: of the document; what it defines itself is in the prompt anyway.
    :param before: the document up to the cursor.
    """
    lines = before.rsplit("\n", _IN_SIGHT_LINES)[-_IN_SIGHT_LINES:]
    nearest_first = "\n".join(reversed(lines))
    item = ContextItem(path, 1, 2**31, nearest_first, "selection", 1.0, "in sight", source.snapshot.root)
    for signature in signatures_used(source, item):
        if signature.path != path:
            place = (signature.path, signature.start_line, signature.end_line, signature.text)
            yield Fragment(*place, Why.DEFINITION, 1.0)


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
            chunk_path = snapshot.paths[int(record["file"])]
            if chunk_path == path:
                continue
            if not go_on() or len(found) >= _COMPARED:
                break
            start, end = int(record["start_line"]), int(record["end_line"])
            file = source.texts.read(chunk_path)
            if file is None:
                continue
            lines = split_lines(file.text.decode("utf-8", "replace"))
            end = min(end, start + _MOST_LINES - 1, len(lines))
            text = "\n".join(lines[start - 1 : end]).rstrip()
            score = similarity(words, words_of(text))
            if score >= _LEAST_SCORE:
                found.append(Fragment(chunk_path, start, end, text, Why.REPOSITORY, score))
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
