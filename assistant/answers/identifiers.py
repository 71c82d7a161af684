"""Which identifiers exist: in the repository as it is indexed, or in what the model was given to read.

The index finds candidates by its terms, the files' text decides. Every answer is kept, so a name is looked up once.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from assistant.answers.code_names import Name, Weight
from assistant.retrieval.search import Source
from indexer.index.snapshot import StoredDefinition
from indexer.lexical.terms import TermExpander, whole_term
from indexer.lexical.tokens import WORD, split_word

_MAX_FILES_READ = 12
"""A word whose terms stand in more files is common; it is taken to exist when so many have not shown it."""

_IMPORT_WORDS = r"(?:import|from|require|use|using|include|alias|extern\s+crate)\b"


class KnownIdentifiers:
    """Looks names up in some repositories and in given texts. Not shared between threads."""

    def __init__(self, sources: Sequence[Source], given: Iterable[str] = ()) -> None:
        """Prepare to look up.

        :param given: the question, and every text that the model was shown.
        """
        self._sources = tuple(sources)
        self._expander = TermExpander()
        self._known: dict[str, bool] = {}
        self._similar: dict[str, str] = {}
        self._imported: dict[str, bool] = {}
        self.given = frozenset(word for text in given for word in WORD.findall(text))
        """Words that the model did not invent."""

    def unknown_part(self, name: Name) -> str:
        """Return the component of a name that exists nowhere; empty if all is well or nothing can be told."""
        if name.weight is not Weight.FIRM:
            return ""
        if len(name.parts) > 1 and self._is_external(name.parts[0]):
            return ""
        for part in reversed(name.parts):
            if len(part) >= 3 and not self.exists(part):
                return part
        return ""

    def exists(self, word: str) -> bool:
        """Tell whether a word stands anywhere, in exactly this spelling."""
        return word in self.given or self.is_in_repository(word)

    def is_in_repository(self, word: str) -> bool:
        """Tell whether a word stands in an indexed file."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = any(self._stands_in(source, word) for source in self._sources)
        return known

    def is_defined(self, word: str) -> bool:
        """Tell whether a repository defines a name."""
        return any(_is_defined(source, word) for source in self._sources)

    def definitions(self, word: str) -> list[StoredDefinition]:
        """Return where a name is defined, in exactly this spelling."""
        return [
            definition
            for source in self._sources
            for definition in source.snapshot.definitions_named(word)
            if definition.name == word
        ]

    def similar(self, word: str) -> str:
        """Return how the repository spells a word that differs only in case or underscores; empty if it has none."""
        return self._similar.get(word, "")

    def _stands_in(self, source: Source, word: str) -> bool:
        snapshot = source.snapshot
        if _is_defined(source, word):
            return True
        parts = split_word(word)
        if not parts:
            return True  # no term to look up, so nothing can be told
        term = whole_term(word) if len(parts) > 1 else self._expander.stem(parts[0])
        if not snapshot.lexical.document_frequency("file_text", term):
            return False
        return self._is_in_text(source, term, word)

    def _is_in_text(self, source: Source, term: str, word: str) -> bool:
        snapshot = source.snapshot
        hits = snapshot.lexical.all_of("file_text", [term], _MAX_FILES_READ + 1)
        pattern = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
        rows = snapshot.file_rows(hits.uids).tolist()
        text = ""
        for row in rows[:_MAX_FILES_READ]:
            read = source.texts.read(snapshot.paths[row])
            text = read.text.decode("utf-8", "replace") if read else ""
            if word in text and pattern.search(text):
                return True
        if len(rows) > _MAX_FILES_READ:
            return True
        self._similar[word] = _other_spelling(word, text)
        return False

    def _is_external(self, word: str) -> bool:
        """Whether a first component is imported here and defined elsewhere: what it holds cannot be told."""
        known = self._imported.get(word)
        if known is None:
            here = self.is_defined(word) or word.replace("_", "").lower() in self._stems
            known = not here and any(self._imports(source, word) for source in self._sources)
            self._imported[word] = known
        return known

    @cached_property
    def _stems(self) -> frozenset[str]:
        """Names of all files without suffix, for modules that no definition names."""
        paths = (path for source in self._sources for path in source.snapshot.paths)
        return frozenset(path.rsplit("/", 1)[-1].split(".")[0].replace("_", "").lower() for path in paths)

    def _imports(self, source: Source, word: str) -> bool:
        snapshot = source.snapshot
        terms = self._expander.terms_of(word)
        if not terms or not snapshot.lexical.document_frequency("file_text", terms[-1]):
            return False
        hits = snapshot.lexical.all_of("file_text", terms[-1:], _MAX_FILES_READ)
        pattern = re.compile(
            rf"^[^\n]{{0,20}}{_IMPORT_WORDS}[^\n]*(?<!\w){re.escape(word)}(?!\w)", re.MULTILINE
        )
        for row in snapshot.file_rows(hits.uids).tolist():
            read = source.texts.read(snapshot.paths[row])
            if read and pattern.search(read.text.decode("utf-8", "replace")):
                return True
        return False


def _is_defined(source: Source, word: str) -> bool:
    names = source.snapshot.definitions.strings["name"]
    return any(names[row] == word for row in source.snapshot.definition_rows_named(word).tolist())


def _other_spelling(word: str, text: str) -> str:
    """Return a word of a text that is this one in another convention (``savePages``, ``SAVE_PAGES``); else nothing."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter that changes its length, so positions differ
        return ""
    for spelling in sorted({word.replace("_", "").lower(), "_".join(split_word(word)), word.lower()}):
        for match in re.finditer(re.escape(spelling), lowered):
            found = text[match.start() : match.end()]
            around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
            if found != word and not re.search(r"\w", around):
                return found
    return ""
