"""A document that is edited has the tokens that it would have if it were read afresh."""

import random
from pathlib import Path

import numpy as np

from assistant.completion.local.corpus import RepositoryFile, build_corpus
from assistant.completion.local.documents import Document
from assistant.completion.local.surroundings import place_of
from assistant.completion.local.tokens import Kind
from assistant.completion.local.vocabulary import Vocabulary

TEXT = Path(__file__).parents[4].joinpath("indexer", "discovery", "decode.py").read_text("utf-8")
PIECES = (
    "\n",
    "x",
    " = foo(",
    ")",
    '"""',
    "'a'",
    "# note",
    "\n    ",
    "return self",
    "\U0001f600",
    "/*",
    "*/",
    "\t",
)


def _vocabulary() -> Vocabulary:
    return build_corpus([RepositoryFile("a.py", TEXT, "python")]).vocabulary


def test_edits_of_the_head_equal_reading_it_afresh() -> None:
    generator = random.Random(11)
    vocabulary = _vocabulary()
    for language in ("python", "javascript"):
        document, text = Document(vocabulary, language), TEXT
        for _ in range(120):
            at = generator.randrange(len(text) + 1)
            text = text[:at] + generator.choice(PIECES) + text[at + generator.choice((0, 0, 1, 5)) :]
            offset = min(len(text), at + generator.choice((0, 1, 3, 400)))
            document.move_to(text, offset)
            fresh = Document(vocabulary, language)
            fresh.move_to(text, offset)
            assert np.array_equal(document.head.ids, fresh.head.ids)
            assert np.array_equal(document.head.starts, fresh.head.starts)
            assert np.array_equal(document.head.ends, fresh.head.ends)
            assert document.head.gaps == fresh.head.gaps


def test_moving_the_cursor_passes_lines_from_tail_to_head() -> None:
    vocabulary = _vocabulary()
    document = Document(vocabulary, "python")
    offsets = [at for at, letter in enumerate(TEXT) if letter == "\n"]
    looked = 0
    for offset in (*offsets[::7], *offsets[::-5]):
        fresh = Document(vocabulary, "python")
        for held in (document, fresh):
            held.move_to(TEXT, offset)
        assert np.array_equal(document.head.ids, fresh.head.ids)
        if place_of(document, vocabulary) is None:
            continue
        looked += 1
        for held in (document, fresh):
            held.look_behind(TEXT, offset)
        assert _written(document, vocabulary) == _written(fresh, vocabulary)
    assert looked > 20


def _written(document: Document, vocabulary: Vocabulary) -> list[tuple[str, int, int]]:
    """Return the tail's tokens but line markers, whose indentation depends on where the tail starts."""
    tail = document.tail
    code = vocabulary.kinds[tail.ids] != Kind.LINE
    rows = zip(tail.ids[code].tolist(), tail.starts[code].tolist(), tail.ends[code].tolist(), strict=True)
    return [(vocabulary.text(word), start, end) for word, start, end in rows]
