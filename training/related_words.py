"""Learn which words of code stand for which words of a question, from derived pairs and the shipped model.

Two stems are related where answers that lack a question's word have the other one much more often than chance, in
several repositories, and the model finds both alike: the former alone relates what merely occurs together, the
latter alone what is merely of one kind. The list ships as data (``assistant/retrieval/related-words.tsv``).

    python -m training.related_words --pairs PAIRS --into assistant/retrieval/related-words.tsv
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from indexer.embedding import StaticEmbedder
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import split_word
from training.pair_data import Matrix
from training.pairs import KINDS

FEWEST_QUESTIONS = 12
FEWEST_ANSWERS = 40
FEWEST_TOGETHER = 4
LEAST_LIFT = 1.6
LEAST_COSINE = 0.5
MOST_OF_ONE = 3
_ASKED_KINDS = frozenset(KINDS.index(kind) for kind in ("comment", "commit", "test"))


class Stems:
    """Stems with numbers, and the words that they were made of."""

    def __init__(self) -> None:
        self._expander = TermExpander()
        self.numbers: dict[str, int] = {}
        self.words: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def of(self, word: str) -> list[int]:
        """Return the numbers of the stems of a word's parts."""
        found = []
        for part in split_word(word):
            if len(part) > 1 and part.isascii() and part.isalpha():
                stem = self._expander.stem(part)
                self.words[stem][part] += 1
                found.append(self.numbers.setdefault(stem, len(self.numbers)))
        return found


def count(files: Iterable[Path]) -> tuple[Stems, Matrix, Matrix, list[int]]:
    """Return the stems, and which questions and which answers have them; rows of one file are neighbours."""
    stems = Stems()
    sides: dict[str, list[tuple[list[int], list[int]]]] = {"question": [], "answer": []}
    sizes = []
    for file in files:
        with np.load(file) as arrays:
            numbers = [stems.of(word) for word in arrays["words"].tolist()]
            asked = [at for at, kind in enumerate(arrays["kinds"].tolist()) if kind in _ASKED_KINDS]
            for side, rows in sides.items():
                ids, bounds = arrays[f"{side}_ids"], arrays[f"{side}_bounds"]
                for at in asked:
                    found = {n for word in ids[bounds[at] : bounds[at + 1]].tolist() for n in numbers[word]}
                    rows.append((list(found), [len(found)]))
            sizes.append(len(asked))
    questions, answers = (_matrix(rows, len(stems.numbers)) for rows in sides.values())
    return stems, questions, answers, sizes


def _matrix(rows: Sequence[tuple[list[int], list[int]]], columns: int) -> Matrix:
    bounds = np.cumsum([0, *(length for _, (length,) in rows)])
    ids = np.fromiter((at for found, _ in rows for at in found), np.int64, int(bounds[-1]))
    return sparse.csr_matrix((np.ones(len(ids), np.float32), ids, bounds), (len(rows), columns))


def related(
    stems: Stems, questions: Matrix, answers: Matrix, embedder: StaticEmbedder
) -> list[tuple[str, str, float]]:
    """Return (asked stem, related stem, strength): cosine, of pairs that answers confirm."""
    asked = np.flatnonzero(np.asarray(questions.sum(axis=0)).ravel() >= FEWEST_QUESTIONS)
    said = np.flatnonzero(np.asarray(answers.sum(axis=0)).ravel() >= FEWEST_ANSWERS)
    names = list(stems.numbers)
    vectors = embedder.embed([stems.words[name].most_common(1)[0][0] for name in names])
    chance = np.asarray(answers[:, said].mean(axis=0)).ravel()
    found = []
    for number in asked.tolist():
        cosines = vectors[said] @ vectors[number]
        alike = np.flatnonzero((cosines >= LEAST_COSINE) & (said != number))
        if not len(alike):
            continue
        rows = questions[:, number].nonzero()[0]
        without = answers[rows]
        without = without[np.asarray(without[:, number].todense()).ravel() == 0]
        if not without.shape[0]:
            continue
        together = np.asarray(without[:, said[alike]].sum(axis=0)).ravel()
        lift = (together + 0.5) / (without.shape[0] * chance[alike] + 0.5)
        kept = np.flatnonzero((together >= FEWEST_TOGETHER) & (lift >= LEAST_LIFT))
        best = kept[np.argsort(-(cosines[alike][kept] * np.log(lift[kept])))][:MOST_OF_ONE]
        found += [(names[number], names[said[alike[at]]], float(cosines[alike[at]])) for at in best]
    return found


def main() -> int:
    """Write the list."""
    parser = argparse.ArgumentParser(description="learn related words")
    parser.add_argument("--pairs", type=Path, required=True, help="folder of training.pairs")
    parser.add_argument("--into", type=Path, required=True, help="file to write")
    given = parser.parse_args()
    stems, questions, answers, _ = count(sorted(given.pairs.glob("*.npz")))
    found = related(stems, questions, answers, StaticEmbedder.load())
    lines = [f"{word}\t{other}\t{strength:.2f}" for word, other, strength in sorted(found)]
    given.into.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines)} relations of {len({word for word, _, _ in found})} words", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
