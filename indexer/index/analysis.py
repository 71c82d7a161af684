"""From files to rows: everything that is derived from one file's content, for a batch of files at a time.

A pure function of the files' content and the embedder, so that it runs the same in this process or in a worker. It
reads files and writes nothing.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import ParsedSource, parse_source
from indexer.discovery import DiscoveryRules, SkippedFile, SkipReason, Source, read_source
from indexer.embedding import StaticEmbedder
from indexer.graph import MentionHashes
from indexer.index.rows import AnalysedBatch, AnalysedFile, Rows
from indexer.languages import LanguageKind, language_of
from indexer.lexical.stems import telling_stem
from indexer.lexical.terms import TermExpander, whole_term
from indexer.lexical.tokens import WORD
from indexer.vectors import quantise

_log = logging.getLogger(__name__)

_NAME_COPIES = 3
_STEM_COPIES = 4
_HEAD_COPIES = 2
"""Weights of a chunk's defined names, its file's name and the file's beginning: so many extra copies of their terms."""
_PATH_WORD_COPIES = 3
_NAME_WORD_COPIES = 2
"""How often the words of a file's path and of a chunk's defined names count in its vector."""

_HEAD_CHARS = 1500
_SHEBANG_BYTES = 4096
_REFERRING = frozenset({LanguageKind.CODE, LanguageKind.MARKUP})
"""Kinds of languages whose words refer to definitions."""


class Analyser:
    """Analyses batches of files; keeps caches of words between batches."""

    def __init__(self, root: Path, rules: DiscoveryRules, embedder: StaticEmbedder | None) -> None:
        """Prepare to analyse files below ``root``.

        :param embedder: computes vectors along the way; None leaves them out.
        """
        self._root = root
        self._rules = rules
        self._embedder = embedder
        self._expander = TermExpander()
        self._hashes = MentionHashes()

    def analyse(self, paths: Sequence[str]) -> AnalysedBatch:
        """Read, cut and tokenise files. Files that turn out not to be source text are in ``skipped``."""
        rows = Rows()
        skipped = []
        for path in paths:
            source = read_source(self._root, path, self._rules)
            if isinstance(source, SkippedFile):
                skipped.append(source)
                continue
            before = rows.sizes()
            try:
                self._analyse_file(path, source, rows)
            except Exception as error:  # one odd file must not cost the index of all others
                _log.exception("a file of %d bytes could not be analysed", len(source.text))
                rows.cut_back(before)
                skipped.append(SkippedFile(path, SkipReason.UNREADABLE, f"analysis failed: {error!r}"[:200]))
        vectors = self._embed(rows.chunk_words)
        chunk_counts = [file.chunk_count for file in rows.files]
        return AnalysedBatch(
            files=tuple(rows.files),
            skipped=tuple(skipped),
            chunks=rows.chunk_table(),
            chunk_terms=tuple(rows.chunk_terms),
            definitions=rows.definition_table(),
            imports=rows.import_table(),
            mentions=rows.all_mentions(),
            vectors=None if vectors is None else quantise(vectors),
            summaries=None if vectors is None else quantise(file_vectors(vectors, chunk_counts)),
        )

    def _analyse_file(self, path: str, source: Source, rows: Rows) -> None:
        language = language_of(path, source.text[:_SHEBANG_BYTES])
        parsed = parse_source(source.text, language)
        context = _PathContext.of(path, self._expander)
        bodies, mentioned = self._add_chunks(path, source.text, parsed, context, rows)
        mentions = self._hashes.of(mentioned if language.kind in _REFERRING else ())
        rows.mentions.append(mentions)
        rows.imports += parsed.imports
        for definition in parsed.definitions:
            rows.add_definition(definition, source.text)
        names = self._expander.expand([definition.name for definition in parsed.definitions])
        head = source.text[: 4 * _HEAD_CHARS].decode("utf-8", "replace")[:_HEAD_CHARS]
        text = (*bodies, context.terms, names, *[self._expander.expand_text(head)] * _HEAD_COPIES)
        rows.files.append(
            AnalysedFile(
                path=path,
                language=language.name,
                content_hash=source.content_hash,
                lines=source.text.count(b"\n") + (not source.text.endswith(b"\n") and bool(source.text)),
                chunk_count=len(parsed.chunks),
                definition_count=len(parsed.definitions),
                import_count=len(parsed.imports),
                mention_count=len(mentions),
                terms={"file_text": " ".join(text), "file_names": names, "file_stem": context.stem_terms},
            )
        )

    def _add_chunks(
        self, path: str, text: bytes, parsed: ParsedSource, context: "_PathContext", rows: Rows
    ) -> tuple[list[str], set[str]]:
        """Add a file's chunks; returns the terms of their texts, and the words in them."""
        bodies = []
        mentioned: set[str] = set()
        for chunk, defined in zip(parsed.chunks, names_by_chunk(parsed), strict=True):
            body = text[chunk.start_byte : chunk.end_byte].decode("utf-8", "replace")
            words = WORD.findall(body)
            scope_words = WORD.findall(chunk.scope)
            body_terms = self._expander.expand(words)
            bodies.append(body_terms)
            mentioned.update(words)
            scope_terms, name_terms = self._expander.expand(scope_words), self._expander.expand(defined)
            weighted = (body_terms, context.terms, scope_terms, *[name_terms] * _NAME_COPIES)
            rows.chunk_terms.append({"text": " ".join(weighted)})
            named = context.words * _PATH_WORD_COPIES + defined * _NAME_WORD_COPIES
            rows.chunk_words.append(Counter(words + scope_words + named))
            rows.add_chunk(chunk, text_hash(path, chunk.scope, defined, body))
        return bodies, mentioned

    def _embed(self, counters: Sequence[Counter[str]]) -> NDArray[np.float32] | None:
        if self._embedder is None:
            return None
        ids: dict[str, int] = {}
        word_ids: list[int] = []
        counts: list[int] = []
        indptr = [0]
        for counter in counters:
            word_ids.extend([ids.setdefault(word, len(ids)) for word in counter])
            counts.extend(counter.values())
            indptr.append(len(word_ids))
        vectors, _ = self._embedder.word_vectors(list(ids))
        return self._embedder.pool(
            np.asarray(indptr, np.int64),
            np.asarray(word_ids, np.int64),
            np.asarray(counts, np.float32),
            vectors,
        )


@dataclass(frozen=True, slots=True)
class _PathContext:
    """What a file's path says, for every chunk in it."""

    words: list[str]
    terms: str
    """Weighted copies for the text fields."""
    stem_terms: str

    @classmethod
    def of(cls, path: str, expander: TermExpander) -> "_PathContext":
        pure = PurePosixPath(path)
        stem = WORD.findall(telling_stem(path))
        folders = [word for part in pure.parts[:-1] for word in WORD.findall(part)]
        stem_terms, folder_terms = expander.expand(stem), expander.expand(folders)
        return cls(
            words=folders + stem,
            terms=" ".join((*[stem_terms] * _STEM_COPIES, folder_terms)),
            stem_terms=f"{stem_terms} {whole_term(''.join(stem))}",
        )


def file_vectors(vectors: NDArray[np.float32], chunk_counts: Sequence[int]) -> NDArray[np.float32]:
    """Return a vector a file: the normalised mean of its chunks' vectors.

    Of what was tried (names and head, all words, names alone) it ranked files best, and costs nothing.

    :param vectors: (n_chunks, dim), file after file.
    :param chunk_counts: chunks of each file; a file without any gets a zero row.
    :return: (n_files, dim) float32.
    """
    means = np.zeros((len(chunk_counts), vectors.shape[1]), np.float32)
    ends = np.cumsum(chunk_counts, dtype=np.int64)
    filled = np.flatnonzero(np.asarray(chunk_counts))
    if len(filled):
        means[filled] = np.add.reduceat(vectors, (ends - chunk_counts)[filled], axis=0)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    means /= np.maximum(lengths, np.float32(1e-9))
    return means


def names_by_chunk(parsed: ParsedSource) -> list[list[str]]:
    """Return, chunk by chunk, the names of the definitions whose name stands in it."""
    names: list[list[str]] = [[] for _ in parsed.chunks]
    ends = [chunk.end_line for chunk in parsed.chunks]
    if not ends:
        return names
    row = 0
    for definition in sorted(parsed.definitions, key=lambda item: item.name_line):
        while row < len(ends) - 1 and ends[row] < definition.name_line:
            row += 1
        names[row].append(definition.name)
    return names


def text_hash(path: str, scope: str, names: Sequence[str], text: str) -> int:
    """Return a 64-bit key of what a chunk's vector is computed from; equal keys may share a vector."""
    content = "\0".join((path, scope, *names, text)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little", signed=True)
