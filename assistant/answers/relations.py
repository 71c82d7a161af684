"""Answers about how definitions hang together: who uses one, what tests or implements it, where it gets its value.

Each is a statement with the places that it rests on. Which of them a question is for, and what stands there if none
is, is :mod:`assistant.answers.extractive`'s business.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers import found as judgement
from assistant.answers import statements
from assistant.answers.assignments import assignments
from assistant.answers.highlight import Matcher
from assistant.answers.located import Located, Locator, is_named, reference_passage
from assistant.answers.passages import Passage
from assistant.answers.places import Place
from assistant.answers.questions import Question, Shape
from assistant.answers.references import Reference, callers
from assistant.answers.subtypes import subtypes, with_all_methods
from assistant.answers.tested import beginning_of, files_testing
from assistant.retrieval import traces
from assistant.retrieval.query import parse_query
from assistant.retrieval.search import Searcher, Source
from indexer.discovery import Role

CALLABLE = frozenset({"function", "method", "constructor", "macro"})
REFERABLE = CALLABLE | frozenset("class interface struct enum trait type record object protocol".split())
CANDIDATES = 8
TEST_WORDS = frozenset("test tests testing tested spec specs".split())
_REFERENCES = 4


@dataclass(frozen=True, slots=True)
class Told:
    """What is said, and the places that it rests on."""

    statement: str
    passages: tuple[Passage, ...]


class Relations:
    """Answers one question about definitions that are known."""

    def __init__(self, searcher: Searcher, question: Question, matcher: Matcher, locator: Locator) -> None:
        """Take what is known of the question."""
        self._searcher = searcher
        self._question = question
        self._matcher = matcher
        self._locator = locator
        self._sources = {source.snapshot.root: source for source in searcher.sources}

    def of_phrase(self, places: Sequence[Located]) -> Told | None:
        """Answer who uses, or what tests, what a phrase means ("the pdf parser"); None if that can't be told.

        :param places: what was found for the question, best first.
        """
        if self._question.shape is Shape.TESTS and (told := self._of_tests(places)):
            return told
        if self._question.shape not in (Shape.CALLERS, Shape.TESTS):
            return None
        place = self._asked_definition(self._code_only(places))
        return self.of_definition(place, self._question.name) if place else None

    def _asked_definition(self, places: Sequence[Located]) -> Located | None:
        """Return the definition that a phrase ("the pdf parser") means, if the best place is one and sure enough."""
        for place in places[:2]:
            definition = place.definition
            sure = place.share >= judgement.CONFIDENT
            if sure and definition and definition.kind in REFERABLE and self._has_the_name(place, definition):
                return place
        return None

    def _has_the_name(self, place: Located, definition: Place) -> bool:
        """Tell whether a definition's name and path have every word of the question that is about something."""
        aside, words = self._question.frame | TEST_WORDS, self._matcher.words
        about = {part for part in self._matcher.parts if words[part] not in aside}
        return about <= self._matcher.parts_in(f"{definition.qualified_name} {place.result.path}")

    def _code_only(self, places: Sequence[Located]) -> Sequence[Located]:
        """Leave out what is a test itself where tests are asked for: it is not what they test."""
        if self._question.shape is not Shape.TESTS:
            return places
        return [place for place in places if not is_test(place)]

    def of_definition(self, place: Located, name: str = "") -> Told:
        """Answer who uses a definition, or what tests it.

        :param name: how the question names it.
        """
        tests = self._question.shape is Shape.TESTS
        assert place.definition is not None
        found = callers(place.source, place.result.path, place.definition, _REFERENCES + 1)
        references = found.tests if tests else found.uses
        label = self._label(place)
        if not references and tests and (named := files_testing(place.source, place.result.path)):
            return self._of_test_files(place, named)
        if not references:
            statement = statements.state_no_references(place, label, tests=tests, complete=found.complete)
            told = self._of_tests([place]) if tests else None
            if told is None:
                return _told(statement, [place.passage])
            return _told(f"{statement} {told.statement}", told.passages)
        more = not found.complete or len(references) > _REFERENCES
        statement = statements.state_references(
            place, references[:_REFERENCES], label, tests=tests, more=more
        )
        if name and not is_named(place.definition, place.result.path, name):
            statement = f"No file defines `{name}` as such. {statement}"
        verb = "tests" if tests else "calls" if place.result.kind in CALLABLE else "uses"
        why = f"{verb} {place.result.name}"
        return _told(statement, [*self._passages(place.source, references, why), place.passage])

    def _of_test_files(self, place: Located, paths: Sequence[str]) -> Told:
        """Answer with the tests that are named after a definition's file."""
        label = self._label(place)
        shown = [f"{label}{path}" for path in paths[:_REFERENCES]]
        files = [beginning_of(place.source, path, self._matcher) for path in paths[:_REFERENCES]]
        named = statements.place_name(place.result, label)
        statement = f"{named} is tested in {statements.listed(shown)}, by the name."
        return _told(statement, [*(one for one in files if one is not None), place.passage])

    def _of_tests(self, places: Sequence[Located]) -> Told | None:
        """Answer where something is tested that no test names: with the tests that fit it best; None for none."""
        if place := self._asked_definition(self._code_only(places)):
            assert place.definition is not None
            found = callers(place.source, place.result.path, place.definition, 1)
            if found.tests or files_testing(place.source, place.result.path):
                return None
        query = parse_query(f"{self._question.subject} tests", is_trace=traces.is_trace, strict=False)
        found_again = self._searcher.search(query, CANDIDATES).results
        again = [self._locator.locate(self._sources[result.root], result) for result in found_again]
        fitting = [place for place in (*places, *again) if place is not None and self._has_the_subject(place)]
        tests = [place for place in fitting if is_test(place)]
        if not tests:
            return None
        shown = distinct(tests)[:_REFERENCES]
        near = [statements.place_name(place.result, self._label(place)) for place in shown[:2]]
        said = f"The test that fits best is {near[0]}" + (f"; next is {near[1]}." if len(near) > 1 else ".")
        return _told(said, [place.passage for place in shown])

    def _has_the_subject(self, place: Located) -> bool:
        """Tell whether a place shows a word of the question that is not about tests as such."""
        result = place.result
        text = "\n".join((result.name, result.path, *(line.text for line in place.passage.lines)))
        return any(self._matcher.words[part] not in TEST_WORDS for part in self._matcher.parts_in(text))

    def of_type(self, place: Located) -> Told:
        """Answer what implements or extends a type."""
        assert place.definition is not None
        found, complete = subtypes(place.source, place.result.path, place.definition, _REFERENCES + 1)
        label = self._label(place)
        if not found and (alike := with_all_methods(place.source, place.result.path, place.definition)):
            said = statements.state_alike(place, alike, label, more=len(alike) > _REFERENCES)
            why = f"has all methods of {place.result.name}"
            return _told(said, [*self._passages(place.source, alike, why), place.passage])
        statement = statements.state_subtypes(place, found[:_REFERENCES], label, more=not complete)
        why = f"is made from {place.result.name}"
        return _told(statement, [*self._passages(place.source, found, why), place.passage])

    def of_foreign_type(self, name: str) -> Told | None:
        """Answer what implements a type that no indexed file defines; None if nothing does."""
        elsewhere = Place(name, "", "type", 0, 0, 0, 0)
        for source in self._searcher.sources:
            found, complete = subtypes(source, "", elsewhere, _REFERENCES + 1)
            if found:
                label = f"{source.snapshot.root.name}/" if len(self._searcher.sources) > 1 else ""
                statement = statements.state_made_from(
                    f"`{name}`", found[:_REFERENCES], label, more=not complete
                )
                return _told(statement, self._passages(source, found, f"is made from {name}"))
        return None

    def of_setting(self, name: str) -> Told | None:
        """Answer where a name gets its value; None if no line assigns to it."""
        for source in self._searcher.sources:
            if found := assignments(source, name, _REFERENCES + 1):
                label = f"{source.snapshot.root.name}/" if len(self._searcher.sources) > 1 else ""
                statement = statements.state_assignments(name, found, label)
                return _told(statement, self._passages(source, found, f"gives {name} a value"))
        return None

    def _passages(self, source: Source, found: Sequence[Reference], why: str) -> list[Passage]:
        passages = [reference_passage(source, one, why, self._matcher) for one in found[:_REFERENCES]]
        return [one for one in passages if one is not None]

    def _label(self, place: Located) -> str:
        return f"{place.result.root.name}/" if len(self._searcher.sources) > 1 else ""


def _told(statement: str, passages: Sequence[Passage]) -> Told:
    return Told(statement, tuple(passages))


def is_test(place: Located) -> bool:
    """Tell whether a place lies in a test file."""
    row = place.source.snapshot.file_row(place.result.path)
    return row is not None and bool(int(place.source.snapshot.roles[row]) & Role.TEST.value)


def distinct(places: Sequence[Located]) -> list[Located]:
    """Drop places that overlap an earlier one."""
    kept: list[Located] = []
    for place in places:
        if not any(overlap(place.passage, other.passage) for other in kept):
            kept.append(place)
    return kept


def overlap(one: Passage, other: Passage) -> bool:
    """Tell whether two passages share lines."""
    a, b = one.result, other.result
    same = (a.root, a.path) == (b.root, b.path)
    return same and a.start_line <= b.end_line and b.start_line <= a.end_line
