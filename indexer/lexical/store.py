"""The lexical store: one tantivy index that holds a document a chunk and a document a file.

Text arrives as blank-separated terms (see :mod:`indexer.lexical.terms`); tantivy counts, compresses and scores them
with BM25. The store is useful for: finding candidates, evidence a field, term statistics, narrowing literals and
regular expressions to few chunks. It is not useful for: showing text (it stores none) or positions (it keeps none).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

CHUNK_FIELDS = ("text",)
"""Everything in a chunk, with weighted copies of what names it: BM25F as one field (Robertson, Zaragoza 2009, 3.6)."""

FILE_FIELDS = ("file_text", "file_names", "file_stem")
"""The same of a whole file; the terms of what it defines; the terms of its name without suffix."""

_HEAP_BYTES = 128_000_000
_TOKENIZER = "terms"


@dataclass(frozen=True, slots=True)
class Hits:
    """Scored documents, best first: ``uids`` (n,) int64 and BM25 ``scores`` (n,) float32."""

    uids: NDArray[np.int64]
    scores: NDArray[np.float32]


class LexicalWriter:
    """Adds and removes documents; nothing is visible before :meth:`commit`."""

    def __init__(self, folder: Path) -> None:
        if not tantivy.Index.exists(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(_schema(), str(folder))
        else:
            self._index = tantivy.Index.open(str(folder))
        _register(self._index)
        self._writer = self._index.writer(_HEAP_BYTES, 1)

    def add(self, uid: int, file_uid: int, fields: Mapping[str, str]) -> None:
        """Add a chunk or file document.

        :param uid: what :class:`Hits` gives back.
        :param file_uid: the file it belongs to, by which it is removed.
        :param fields: field name -> blank-separated terms.
        """
        document = tantivy.Document()
        document.add_integer("uid", uid)
        document.add_integer("file", file_uid)
        for name, terms in fields.items():
            if terms:
                document.add_text(name, terms)
        self._writer.add_document(document)

    def remove_file(self, file_uid: int) -> None:
        """Remove every document of a file."""
        self._writer.delete_documents_by_term("file", file_uid)

    def commit(self) -> None:
        """Write everything out and wait for running merges, so that the folder is at rest. The writer is closed."""
        self._writer.commit()
        self._writer.wait_merging_threads()


class LexicalSearcher:
    """A snapshot of the store. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open a folder that a writer left.

        :raises ValueError: if it holds no readable tantivy index.
        """
        self._index = tantivy.Index.open(str(folder))
        _register(self._index)
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    @property
    def document_count(self) -> int:
        """Documents that are not removed."""
        return int(self._searcher.num_docs)

    def document_frequency(self, field: str, term: str) -> int:
        """Return in how many documents a term stands in a field (removed ones may still count)."""
        return int(self._searcher.doc_freq(field, term))

    def search(
        self,
        weights: Mapping[str, Mapping[str, float]],
        limit: int,
        files: Sequence[int] | None = None,
    ) -> Hits:
        """Return the best documents for weighted terms.

        :param weights: field -> term -> weight; a document's score is the weighted sum of its BM25 scores.
        :param limit: how many hits at most.
        :param files: file uids to which the search is restricted; None for no restriction.
        """
        clauses = [
            (tantivy.Occur.Should, self._boosted(field, term, weight))
            for field, terms in weights.items()
            for term, weight in terms.items()
        ]
        if not clauses or limit <= 0:
            return _NO_HITS
        return self._run(self._restricted(tantivy.Query.boolean_query(clauses), files), limit)

    def all_of(
        self, field: str, terms: Iterable[str], limit: int, files: Sequence[int] | None = None
    ) -> Hits:
        """Return documents that contain every term, unscored ones included; all documents if there are no terms."""
        clauses = [(tantivy.Occur.Must, self._term(field, term)) for term in terms]
        query = tantivy.Query.boolean_query(clauses) if clauses else tantivy.Query.all_query()
        return self._run(self._restricted(query, files), limit)

    def _run(self, query: tantivy.Query, limit: int) -> Hits:
        result = self._searcher.search(query, max(1, min(limit, self.document_count)), count=False)
        if not result.hits:
            return _NO_HITS
        addresses = [address for _, address in result.hits]
        uids = np.asarray(self._searcher.fast_field_values("uid", addresses), np.int64)
        return Hits(uids, np.asarray([score for score, _ in result.hits], np.float32))

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, "freq")

    def _boosted(self, field: str, term: str, weight: float) -> tantivy.Query:
        query = self._term(field, term)
        return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)

    def _restricted(self, query: tantivy.Query, files: Sequence[int] | None) -> tantivy.Query:
        if files is None:
            return query
        allowed = tantivy.Query.term_set_query(self._schema, "file", list(files))
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, query),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0)),
            ]
        )


_NO_HITS = Hits(np.empty(0, np.int64), np.empty(0, np.float32))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("uid", stored=False, indexed=False, fast=True)
    builder.add_integer_field("file", stored=False, indexed=True, fast=False)
    for field in (*CHUNK_FIELDS, *FILE_FIELDS):
        builder.add_text_field(field, stored=False, tokenizer_name=_TOKENIZER, index_option="freq")
    return builder.build()


def _register(index: tantivy.Index) -> None:
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENIZER, analyzer)
