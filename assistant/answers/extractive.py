"""Answers without a language model: a short statement, and the places that answer with their decisive lines.

Questions about the repository as a whole are answered from its own documents, "what calls X", "what implements X" and
"where is X tested" from references, "where is X configured" from assignments, "what imports X" from imports, everything
else from search. Where nothing fits, the answer is that nothing was found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from assistant.answers import found as judgement
from assistant.answers import imports, statements
from assistant.answers.about import asked_about
from assistant.answers.found import Fit
from assistant.answers.highlight import Matcher
from assistant.answers.located import (
    Located,
    Locator,
    current_definition,
    definitions_named,
    is_type_named,
    reference_passage,
    result_of,
)
from assistant.answers.overview import UNDOCUMENTED, overview
from assistant.answers.passages import Passage, documentation_line
from assistant.answers.places import current_file
from assistant.answers.questions import Shape, understand
from assistant.answers.references import References, callers
from assistant.answers.relations import (
    CALLABLE,
    CANDIDATES,
    REFERABLE,
    TEST_WORDS,
    Relations,
    Told,
    distinct,
    is_test,
    overlap,
)
from assistant.retrieval import traces
from assistant.retrieval.query import QueryKind, parse_query
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Searcher
from indexer.embedding import Embedder
from indexer.index.update import skipped_files
from indexer.languages import LANGUAGES, LanguageKind

_JUDGED = 5
"""Best results that are looked at to tell whether anything fits (as the threshold was measured)."""
_MOST_PLACES = 5
_WEAK = 0.5
"""A place with less than this share of the first one's score, or of its words, is not shown."""
_MENTIONED = 2
"""So many callers are named beside an answer about something else."""
_DEFINITIONS = 8
_SENTENCE_LINES = 4
_HEAD_LINES = 150
"""Of a definition that is asked for by name, so many lines are looked at for decisive ones."""
_PROSE_WORDS = frozenset("docs documentation documented readme changelog guide tutorial documents".split())


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched, and what was not.

    ``skipped``: files left out, by reason, ignored ones not counted. It is only filled where nothing was found, since
    reading it takes longer than many an answer.
    """

    files: int
    skipped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. Without ``found`` there are no passages, and ``closest`` is the best of what does not fit."""

    question: str
    found: bool
    statement: str
    """Plain text: names in backticks, places as ``path:start-end``."""
    passages: tuple[Passage, ...]
    searched: Searched
    closest: SearchResult | None = None
    notes: tuple[str, ...] = field(default=())


def answer(
    searcher: Searcher, question: str, *, embedder: Embedder | None = None, max_lines: int = 5
) -> Answer:
    """Answer a question from the index.

    :param embedder: the model that the indexes' vectors come from; it tells how near in meaning the nearest place is.
        None judges by words alone. Not used by another thread meanwhile.
    :param max_lines: a passage.
    :raises QueryError: for an empty question.
    """
    return _Answerer(searcher, question, embedder, max_lines).answer()


def measure(searcher: Searcher, question: str, embedder: Embedder | None) -> Fit:
    """Return how well anything fits a question, without answering it."""
    answerer = _Answerer(searcher, question, embedder, max_lines=1)
    return answerer.fit(answerer.places()[0])


class _Answerer:
    """The state of one question."""

    def __init__(self, searcher: Searcher, raw: str, embedder: Embedder | None, max_lines: int) -> None:
        self._searcher = searcher
        self._raw = raw
        self._embedder = embedder
        self._query = parse_query(raw, is_trace=traces.is_trace, strict=False)
        self._asked = understand(raw)
        self._question = self._asked.of_definition
        self._matcher = Matcher(self._query, ignored=self._question.frame)
        self._locator = Locator(self._query, self._matcher, max_lines)
        self._relations = Relations(searcher, self._question, self._matcher, self._locator)
        self._sources = {source.snapshot.root: source for source in searcher.sources}

    def answer(self) -> Answer:
        return self._about_the_whole() or self._by_imports() or self._about_a_part()

    def _about_the_whole(self) -> Answer | None:
        """Answer a question about the repository itself; None for any other."""
        if self._query.filters.any:
            return None
        undocumented = None
        for source in self._searcher.sources:
            about = asked_about(self._raw, [source.snapshot.root.name])
            if about is None:
                return None
            if told := overview(source, about):
                return self._made(told.statement, told.passages)
            undocumented = undocumented or about
        if undocumented is None:
            return None
        said = f"Not found. {statements.UNDOCUMENTED} {UNDOCUMENTED[undocumented]}."
        return Answer(self._raw, False, said, (), self._searched())

    def _by_imports(self) -> Answer | None:
        """Answer which files import a module, or which it imports; None for other questions, and about definitions."""
        shape, name = self._asked.shape, self._asked.name
        if shape is Shape.IMPORTERS and name.isidentifier() and self._definitions(name, 1):
            return None
        if shape not in (Shape.IMPORTERS, Shape.IMPORTS):
            return None
        for source in self._searcher.sources:
            label = f"{source.snapshot.root.name}/" if len(self._searcher.sources) > 1 else ""
            if told := imports.tell(source, self._asked, label):
                why = told.why
                passages = [
                    reference_passage(source, one, why, self._matcher)
                    for one in told.references[:_MOST_PLACES]
                ]
                return self._made(told.statement, [one for one in passages if one is not None])
        return None

    def _about_a_part(self) -> Answer:
        shape, name = self._question.shape, self._question.name
        if name and (told := self._by_relations(name)):
            return self._made(told.statement, told.passages)
        if (
            name
            and shape in (Shape.DEFINED, Shape.WHAT)
            and (target := self._definitions(name, _DEFINITIONS))
        ):
            return self._by_name(name, target)
        places, notes = self.places()
        if not places or not self._fits(places):
            return self._not_found(places, notes)
        if told := self._relations.of_phrase(places):
            return self._made(told.statement, told.passages)
        return self._by_search(places, notes)

    def _by_relations(self, name: str) -> Told | None:
        """Answer a question for users, tests, implementations or values of a name; None for any other."""
        shape = self._question.shape
        if shape in (Shape.CALLERS, Shape.TESTS) and (target := self._definitions(name, 1)):
            return self._relations.of_definition(target[0], name)
        if shape is Shape.SUBTYPES:
            types = [place for place in self._definitions(name, _DEFINITIONS) if is_type_named(place, name)]
            return self._relations.of_type(types[0]) if types else self._relations.of_foreign_type(name)
        return self._relations.of_setting(name) if self._question.asks_for_value else None

    def places(self) -> tuple[list[Located], tuple[str, ...]]:
        """Search, and return what is still there of what was found, best first, with the search's notes."""
        found = self._searcher.search(self._query, CANDIDATES)
        located = [self._locate(result) for result in found.results]
        return [place for place in located if place is not None], found.notes

    def _locate(self, result: SearchResult) -> Located | None:
        return self._locator.locate(self._sources[result.root], result)

    def _definitions(self, name: str, most: int) -> list[Located]:
        """Return the definitions of a name, at most so many a repository."""
        found: list[Located] = []
        for source in self._searcher.sources:
            for item in definitions_named(source, name)[:most]:
                if current := current_definition(source, item):
                    result = result_of(source, *current)
                    start = replace(result, end_line=min(result.end_line, result.start_line + _HEAD_LINES))
                    found.append(self._locator.define(source, *current, start, 1.0))
        return distinct(found)

    def fit(self, places: Sequence[Located]) -> Fit:
        """Return how well the best places fit."""
        share = _best_share(places)
        return Fit(share, self._cosine(), self._unknown_name(share))

    def _fits(self, places: Sequence[Located]) -> bool:
        """Judge by the words where they suffice: embedding the question takes longer than that."""
        if self._query.kind not in (QueryKind.TEXT, QueryKind.SYMBOL):
            return True
        share = _best_share(places)
        if self._unknown_name(share):
            return False
        return share >= judgement.SURE or self.fit(places).is_found

    def _unknown_name(self, share: float) -> str:
        """Return the name that is asked for if it stands nowhere; one of several words only if they say little."""
        name = self._query.symbol or self._question.name
        names = [name] if name else self._query.embedded if share < judgement.SURE else ()
        unknown = [
            name
            for name in names
            if all(judgement.is_unknown(source, name) for source in self._searcher.sources)
        ]
        return unknown[0] if unknown and len(unknown) == len(names) else ""

    def _cosine(self) -> float | None:
        cosines = (
            judgement.best_cosine(source, self._query, self._embedder) for source in self._searcher.sources
        )
        known = [cosine for cosine in cosines if cosine is not None]
        return max(known, default=None)

    def _by_search(self, places: Sequence[Located], notes: Sequence[str]) -> Answer:
        shown = _strong(distinct(self._code_first(places)))
        first = shown[0]
        used = self._references(first)
        lead = len(shown) < 2 or first.result.score >= judgement.CONFIDENT_LEAD * shown[1].result.score
        sure = first.share >= judgement.CONFIDENT and lead and self._says_so(first)
        if self._query.kind is QueryKind.TRACE:
            said = statements.state_frames(shown, self._label(first))
            return self._made(said, [place.passage for place in shown], notes)
        statement = statements.state(
            self._question, shown, used.uses if used else (), self._label(first), sure=sure
        )
        if missing := self._missing_words():
            statement += f" No file has {statements.either(missing)}."
        return self._answer(statement, [place.passage for place in shown], first, used, notes)

    def _code_first(self, places: Sequence[Located]) -> list[Located]:
        """Leave tests and prose out, unless the question is about them or there is nothing else."""
        asked = self._query.asked_words
        tests_asked = self._question.shape is Shape.TESTS or bool(TEST_WORDS & asked)
        prose_asked = bool(_PROSE_WORDS & asked) or self._question.asks_how_to

        def behind(place: Located) -> bool:
            return (is_test(place) and not tests_asked) or (_is_prose(place) and not prose_asked)

        return [place for place in places if not behind(place)] or list(places)

    def _says_so(self, place: Located) -> bool:
        """Tell whether a place can be stated as the answer.

        It is code with a name, has every word that was asked for, and is named after the verb, itself or by its file:
        that a comparator of timers contains "start" does not make it the place where timers are started.
        """
        if self._question.shape not in (Shape.VERB, Shape.HOW, Shape.DEFINED):
            return True
        if place.definition is None or place.definition.kind not in REFERABLE:
            return False
        file = current_file(place.source, place.result.path)
        lines = file.lines[place.result.start_line - 1 : place.result.end_line] if file else ()
        words = self._matcher.words
        asked = {part for part in self._matcher.parts if words[part] not in self._question.frame}
        verb = {part for part in asked if words[part] == self._question.verb}
        name = f"{place.definition.qualified_name} {PurePosixPath(place.result.path).stem}"
        named = self._matcher.parts_in(name)
        return verb <= named and asked <= named | self._matcher.parts_in("\n".join(lines))

    def _by_name(self, name: str, places: Sequence[Located]) -> Answer:
        first = places[0]
        used = self._references(first)
        label = self._label(first)
        if self._question.shape is Shape.WHAT:
            statement = statements.state_meaning(first, self._documentation(first), label)
        else:
            statement = statements.state_definition(name, places, used.uses if used else (), label)
        return self._answer(statement, [place.passage for place in places], first, used)

    def _references(self, place: Located) -> References | None:
        if place.definition is None or place.definition.kind not in REFERABLE:
            return None
        return callers(place.source, place.result.path, place.definition, _MENTIONED)

    def _answer(
        self,
        statement: str,
        passages: Sequence[Passage],
        first: Located,
        used: References | None,
        notes: Sequence[str] = (),
    ) -> Answer:
        """Add one caller and one test of the first place, where there is room and they are not shown yet."""
        extra = []
        if used and used.uses:
            verb = "calls" if first.result.kind in CALLABLE else "uses"
            why = f"{verb} {first.result.name}"
            extra.append(reference_passage(first.source, used.uses[0], why, self._matcher))
        if used and used.tests:
            extra.append(reference_passage(first.source, used.tests[0], "tests it", self._matcher))
        new = [one for one in extra if one is not None and not any(overlap(one, old) for old in passages)]
        kept = [*passages[: _MOST_PLACES - len(new)], *new]
        return self._made(statement, kept, notes)

    def _documentation(self, place: Located) -> str:
        """Return the first sentence of a definition's documentation, without what marks it as a comment."""
        file = current_file(place.source, place.result.path)
        if file is None or place.definition is None:
            return ""
        number = documentation_line(file, place.definition)
        return statements.first_sentence(file.lines[number - 1 : number + _SENTENCE_LINES]) if number else ""

    def _missing_words(self) -> list[str]:
        """Return the question's words that stand in no file."""
        frequency = [source.snapshot.lexical.document_frequency for source in self._searcher.sources]
        missing = (
            part for part in self._matcher.parts if not any(count("file_text", part) for count in frequency)
        )
        return list(dict.fromkeys(self._matcher.words.get(part, part) for part in missing))

    def _not_found(self, places: Sequence[Located], notes: Sequence[str]) -> Answer:
        searched = self._searched()
        best = max(places[:_JUDGED], key=lambda place: place.share, default=None)
        fit = self.fit(places)
        words = [fit.unknown] if fit.unknown else self._missing_words()
        files = f"{searched.files:,} file{'s' if searched.files != 1 else ''}"
        said = f"Not found. No place in {files} fits the question as a whole"
        if words:
            said = (
                f"Not found. Nothing in {files} matches {statements.either(words)} in name, text or meaning"
            )
        if best is not None:
            place = statements.place_name(best.result, self._label(best))
            score = f", score {fit.score(words_only=False):.2f} of {fit.needed} needed"
            said += f" (closest: {place}{'' if fit.unknown else score})"
        closest = None if best is None else best.result
        return Answer(self._raw, False, f"{said}.", (), searched, closest, tuple(notes))

    def _made(self, statement: str, passages: Sequence[Passage], notes: Sequence[str] = ()) -> Answer:
        searched = Searched(self._searcher.files_searched, {})
        return Answer(self._raw, True, statement, tuple(passages), searched, notes=tuple(notes))

    def _searched(self) -> Searched:
        skipped: dict[str, int] = {}
        for source in self._searcher.sources:
            for skip in skipped_files(source.snapshot.generation):
                skipped[skip.reason.value] = skipped.get(skip.reason.value, 0) + 1
        return Searched(self._searcher.files_searched, skipped)

    def _label(self, place: Located) -> str:
        return f"{place.result.root.name}/" if len(self._searcher.sources) > 1 else ""


def _best_share(places: Sequence[Located]) -> float:
    return max((place.share for place in places[:_JUDGED]), default=0.0)


def _is_prose(place: Located) -> bool:
    return LANGUAGES[place.result.language].kind in (LanguageKind.DOCS, LanguageKind.TEXT)


def _strong(places: Sequence[Located]) -> list[Located]:
    """Drop what is much weaker than the first."""
    first = places[0]
    return [
        place
        for place in places
        if place is first
        or (place.result.score >= _WEAK * first.result.score and place.share >= _WEAK * first.share)
    ][:_MOST_PLACES]
