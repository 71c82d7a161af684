"""The shipped model: a table of token vectors, looked up and averaged.

No neural network runs here. The direction of a mean does not depend on its divisor, so a text's vector is the
normalised *sum* of its tokens' vectors, and every distinct word of a repository needs to be looked up only
once: ``word_vectors`` embeds the distinct words, ``pool`` adds them up per text. The table was distilled as
in model2vec (https://github.com/MinishLab/model2vec) and trained by ``training/train_table.py``, which also says how
the files were made.
"""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.errors import ModelFormatError, ModelNotFoundError
from indexer.embedding.protocol import Vectors
from indexer.embedding.safetensors import read_tensors
from indexer.embedding.wordpiece import RULES, WordPieces
from indexer.lexical.tokens import WORD

SHIPPED_MODEL = Path(__file__).parent / "model"
"""Folder of the model that comes with the package."""

CONFIG_NAME = "config.json"
_TABLE_NAME = "model.safetensors"
_TOKENIZER_NAME = "tokenizer.json"

_WORDS_AT_ONCE = 1024
"""Words looked up per step, so that their float32 vectors (1 MiB) stay in the processor's cache."""


class StaticEmbedder:
    """Embeds text with a table of token vectors. Not safe for use from several threads at once."""

    def __init__(
        self, folder: Path, config: dict[str, Any], table: NDArray[np.int8], scales: Vectors
    ) -> None:
        """Take the parts of a model; use :meth:`load`.

        :param folder: where ``tokenizer.json`` lies; it is read when the first word is embedded.
        :param config: the model's ``config.json``.
        :param table: (n_tokens, dimensions) int8.
        :param scales: (n_tokens,) float32; a token's vector is its row times its scale.
        """
        self._folder = folder
        self._name = str(config["name"])
        self._fingerprint = str(config.get("fingerprint") or fingerprint(folder))
        self._table = table
        self._scales = scales
        self._pieces: WordPieces | None = None

    @classmethod
    def load(cls, folder: Path | None = None) -> "StaticEmbedder":
        """Open a model; the table is mapped, not read.

        :param folder: a folder written by ``training/train_table.py``; the shipped model when absent.
        :raises ModelNotFoundError: when the folder holds no such model.
        :raises ModelFormatError: when its files are damaged or need another runtime.
        """
        folder = folder or SHIPPED_MODEL
        try:
            config = json.loads((folder / CONFIG_NAME).read_bytes())
            tensors = read_tensors(folder / _TABLE_NAME)
        except OSError as error:
            raise ModelNotFoundError(f"{folder} holds no static embedding model: {error}") from error
        except ValueError as error:
            raise ModelFormatError(f"{folder / CONFIG_NAME} is not JSON: {error}") from error
        if not isinstance(config, dict) or config.get("tokenisation") != RULES:
            raise ModelFormatError(
                f"{folder} cuts text by other rules than {RULES}; load it as sentence-transformers:{folder}"
            )
        table, scales = tensors.get("embeddings"), tensors.get("weights")
        if table is None or scales is None or table.dtype != np.int8 or table.shape[:1] != scales.shape:
            raise ModelFormatError(f"{folder / _TABLE_NAME} holds no int8 table with a scale for each row")
        return cls(folder, config, table, scales)

    @property
    def folder(self) -> Path:
        """Where the model lies; another process loads it from there."""
        return self._folder

    @property
    def model_id(self) -> str:
        """Name, dimensions and content of the model."""
        return f"{self._name}-{self.dimensions}@{self._fingerprint}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._table.shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; see :class:`indexer.embedding.Embedder`."""
        numbers: dict[str, int] = {}
        counted = [Counter(WORD.findall(text)) for text in texts]
        word_ids = [numbers.setdefault(word, len(numbers)) for row in counted for word in row]
        counts = list(chain.from_iterable(row.values() for row in counted))
        indptr = np.cumsum([0, *map(len, counted)], dtype=np.int64)
        vectors, _ = self.word_vectors(list(numbers))
        return self.pool(
            indptr, np.asarray(word_ids, dtype=np.int64), np.asarray(counts, dtype=np.float32), vectors
        )

    def word_vectors(self, words: Sequence[str]) -> tuple[Vectors, NDArray[np.float32]]:
        """Embed words without normalising them, to be added up by :meth:`pool`.

        :param words: runs of word characters as they stand in the source, distinct for speed.
        :return: ((n_words, dimensions) float32, the sum of the word's token vectors; (n_words,) float32, how
            many tokens it has). A word without tokens has a zero row.
        """
        ids = self._word_pieces().of_words(words)
        lengths = np.fromiter(map(len, ids), dtype=np.intp, count=len(ids))
        flat = np.fromiter(chain.from_iterable(ids), dtype=np.intp, count=int(lengths.sum()))
        starts = np.cumsum(lengths) - lengths
        sums = np.zeros((len(ids), self.dimensions), dtype=np.float32)
        for begin in range(0, len(ids), _WORDS_AT_ONCE):
            block = slice(begin, begin + _WORDS_AT_ONCE)
            # All first pieces, then all second ones, and so on: three times as fast as np.add.reduceat.
            for nth in range(int(lengths[block].max())):
                having = begin + np.flatnonzero(lengths[block] > nth)
                at = flat[starts[having] + nth]
                sums[having] += self._table[at] * self._scales[at, None]
        return sums, lengths.astype(np.float32)

    def pool(
        self,
        indptr: NDArray[np.integer[Any]],
        word_ids: NDArray[np.integer[Any]],
        counts: NDArray[np.number[Any]],
        word_vectors: Vectors,
    ) -> Vectors:
        """Embed texts that are given as counted words: a sparse (n_rows, n_words) matrix in CSR form.

        :param indptr: (n_rows + 1,) text ``i`` has the entries ``indptr[i]:indptr[i + 1]`` of the next two.
        :param word_ids: rows of ``word_vectors``, all in range.
        :param counts: how often the word occurs in the text, or any weight.
        :param word_vectors: (n_words, dimensions) float32 from :meth:`word_vectors`.
        :return: (n_rows, dimensions) float32, rows L2-normalised, a zero row for a text without tokens.
        """
        bounds = np.asarray(indptr).tolist()
        weights = np.ascontiguousarray(counts, dtype=np.float32)
        sums = np.zeros((len(bounds) - 1, word_vectors.shape[1]), dtype=np.float32)
        # One text's word vectors fit into the cache: gather them into a buffer, then one product adds them
        # up.
        widest = max((end - start for start, end in pairwise(bounds)), default=0)
        buffer = np.empty((widest, word_vectors.shape[1]), dtype=np.float32)
        for row, (start, end) in enumerate(pairwise(bounds)):
            if start < end:
                gathered = buffer[: end - start]
                word_vectors.take(word_ids[start:end], axis=0, out=gathered, mode="clip")
                np.dot(weights[start:end], gathered, out=sums[row])
        return _normalise(sums)

    def _word_pieces(self) -> WordPieces:
        if self._pieces is None:
            path = self._folder / _TOKENIZER_NAME
            try:
                vocabulary = json.loads(path.read_bytes())["model"]["vocab"]
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise ModelFormatError(f"{path} holds no WordPiece vocabulary: {error!r}") from error
            if len(vocabulary) != len(self._table):
                raise ModelFormatError(f"{path} and {_TABLE_NAME} beside it belong to different models")
            self._pieces = WordPieces(vocabulary)
        return self._pieces


def fingerprint(folder: Path) -> str:
    """Hash what a model's vectors depend on.

    :param folder: a model folder.
    :return: the first 12 hexadecimal digits of the SHA-256 of its table and tokeniser.
    """
    import hashlib  # costs 8 ms, and the shipped model brings its fingerprint

    digest = hashlib.sha256()
    for name in (_TABLE_NAME, _TOKENIZER_NAME):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def _normalise(sums: Vectors) -> Vectors:
    """Scale rows to length 1 in place; zero rows stay zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    sums *= (1.0 / np.maximum(lengths, np.float32(1e-12)))[:, None]
    return sums
