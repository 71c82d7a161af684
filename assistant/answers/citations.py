"""Checks an answer while it streams: which of its citations are true, which names and quotations are not from here.

Text goes in as deltas of any length; events come out whose texts, joined, are the text that went in, in order. Only a
:class:`TrueCitation` may be shown as a link. An event waits only for what its verdict needs: a citation behind its
sentence's words for the next word (another citation may follow), one in front of them for the end of the sentence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from assistant.answers.citation_syntax import parse_reference
from assistant.answers.claims import Claim, ClaimJudge
from assistant.answers.code_names import Name, bare_name, read_span
from assistant.answers.identifiers import KnownIdentifiers
from assistant.answers.pieces import Piece, PieceKind, PieceReader
from assistant.answers.quotations import Block, differs
from assistant.answers.resolution import Resolved, Resolver, Unresolved
from assistant.answers.sentences import Boundary, SentenceTracker
from assistant.retrieval.search import Source

_MAX_WAITING_CHARS = 600
_ALTERED_QUOTATION = 0.6
"""A block near a citation, but not attached to it, is taken for a quotation if so many of its lines are in the file."""


@dataclass(frozen=True, slots=True)
class Text:
    """Part of the answer with nothing to be said about it."""

    text: str


@dataclass(frozen=True, slots=True)
class TrueCitation:
    """A citation whose lines are in the file; ``path`` is complete and relative to ``root``."""

    text: str
    root: Path
    path: str
    start_line: int
    end_line: int
    whole_file: bool = False


@dataclass(frozen=True, slots=True)
class UntrueCitation:
    """A citation that must not be a link: what is wrong in a few words, and what helps to find the right place."""

    text: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FlaggedIdentifier:
    """A name in code font that is neither in the repository nor in what the model was given."""

    text: str
    identifier: str
    reason: str = "not in this repository"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FlaggedQuotation:
    """Says of the block of code before it that it is not what the file says; has no text of its own."""

    path: str
    line: str
    """The first line of the block that is not in the file."""
    reason: str = "differs from the file"
    text: str = ""


Event = Text | TrueCitation | UntrueCitation | FlaggedIdentifier | FlaggedQuotation


@dataclass(frozen=True, slots=True)
class Summary:
    """How many citations were checked, how they fared, and how many names and quotations were flagged."""

    checked: int
    true: int
    untrue: int
    flagged: int


class _Nearness(Enum):
    """How a block of code follows a citation."""

    ANNOUNCED = auto()
    """Behind ``[a.py:1-9]:``."""
    NEXT = auto()
    """Behind nothing but the citation; one behind the block goes before it."""
    APART = auto()


@dataclass(slots=True)
class _Cited:
    """A citation that waits for its verdict."""

    text: str
    place: Resolved | Unresolved


@dataclass(slots=True)
class _Waiting:
    """Citations of one claim, and everything that came after the first of them."""

    claim: Claim
    fallback: Claim
    cited: list[_Cited] = field(default_factory=list)
    queue: list[Event | _Cited] = field(default_factory=list)
    leads: bool = False
    """Whether the claim is what follows."""
    chars: int = 0
    has_words: bool = False
    """Whether words follow."""


class CitationChecker:
    """Checks one answer. Not shared between threads."""

    def __init__(
        self, sources: Sequence[Source], given: Iterable[str] = (), given_paths: Iterable[str] = ()
    ) -> None:
        """Prepare to check.

        :param sources: the repositories that the answer is about.
        :param given: the question and every text that the model was shown: its words are not invented.
        :param given_paths: the files that the model was shown; they decide what an incomplete path means.
        """
        self._resolver = Resolver(sources, frozenset(given_paths))
        self._known = KnownIdentifiers(sources, given)
        self._judge = ClaimJudge(self._known)
        self._reader = PieceReader(self._resolver.is_path)
        self._sentences = SentenceTracker()
        self._waiting: _Waiting | None = None
        self._block: list[str] = []
        self._info = ""
        self._near: tuple[Resolved, _Nearness] | None = None
        self._closed: tuple[Block, tuple[Resolved, _Nearness] | None] | None = None
        self._counts = {"true": 0, "untrue": 0, "flagged": 0}

    @property
    def summary(self) -> Summary:
        """The counts so far; final after :meth:`finish`."""
        true, untrue = self._counts["true"], self._counts["untrue"]
        return Summary(true + untrue, true, untrue, self._counts["flagged"])

    def feed(self, delta: str) -> list[Event]:
        """Take the next part of the answer and return what is certain now."""
        return _joined(self._events(self._reader.feed(delta)))

    def finish(self) -> list[Event]:
        """Return what was held back; the answer is complete."""
        events = list(self._events(self._reader.finish()))
        events += self._release()
        if self._block and self._reader.in_fence:
            events += self._quotation(Block(self._info, "".join(self._block)))
        events += self._forget_block()
        return _joined(events)

    def _events(self, pieces: Iterator[Piece]) -> Iterator[Event]:
        for piece in pieces:
            if piece.kind in (PieceKind.FENCE_OPEN, PieceKind.FENCE_TEXT, PieceKind.FENCE_CLOSE):
                yield from self._fenced(piece)
            elif piece.kind is PieceKind.BLANKS:
                self._sentences.blanks(piece.text)
                yield from self._put(Text(piece.text))
            else:
                yield from self._spoken(piece)

    def _spoken(self, piece: Piece) -> Iterator[Event]:
        """Take a word, a code span or a citation."""
        boundary = self._sentences.begin(piece.text, is_citation=piece.kind is PieceKind.CITATION)
        if boundary is not Boundary.NONE and self._waiting is not None:
            yield from self._release()
        if boundary is Boundary.BLOCK:
            self._near = None
        if piece.kind is PieceKind.CITATION:
            yield from self._citation(piece)
            return
        if self._ends_waiting(piece):
            yield from self._release()
        if piece.kind is PieceKind.CODE:
            yield from self._put(self._code(piece))
        else:
            self._word(piece.text)
            yield from self._put(Text(piece.text))
        yield from self._leave_block(piece)
        self._sentences.end(piece.text, is_code=piece.kind is PieceKind.CODE)

    def _ends_waiting(self, piece: Piece) -> bool:
        """Whether a word or code span tells that the citations before it have all of their claim."""
        if self._waiting is None:
            return False
        if self._waiting.leads:
            return not self._waiting.has_words and self._sentences.belongs_to_previous(piece.text.strip("*_"))
        return piece.kind is PieceKind.CODE or not self._sentences.joins(piece.text)

    def _code(self, piece: Piece) -> Event:
        span = read_span(piece.content)
        self._claim(span.name, span.expression)
        for name in (span.name, *span.others):
            if name is not None and (part := self._known.unknown_part(name)):
                self._counts["flagged"] += 1
                near = self._known.similar(part)
                return FlaggedIdentifier(piece.text, part, hint=f"did you mean {near}?" if near else "")
        return Text(piece.text)

    def _word(self, word: str) -> None:
        name = bare_name(word)
        if name is not None and self._known.is_defined(name.last):
            self._claim(name, "")

    def _label(self, label: str) -> None:
        """Take what a link's label names: its code spans, or the label where it is nothing but a name."""
        for content in re.findall(r"`([^`]+)`", label):
            self._claim(read_span(content).name, "")
        if " " not in label and "`" not in label:
            self._word(label)

    def _claim(self, name: Name | None, expression: str) -> None:
        """Note what a sentence uses, for the citation that waits for it or for the next."""
        if self._sentences.is_negated():
            return
        claim = self._waiting.claim if self._waiting and self._waiting.leads else self._sentences.claim
        if name is not None:
            claim.names.append(name)
        if expression:
            claim.expressions.append(expression)

    def _citation(self, piece: Piece) -> Iterator[Event]:
        if piece.content:
            self._label(piece.content)
        waiting = self._waiting
        if waiting is not None and waiting.leads and waiting.claim:
            yield from self._release(keep_claim=True)
            waiting = None
        if waiting is None:
            claim = self._sentences.take_claim()
            waiting = self._waiting = _Waiting(claim, self._sentences.inherited(), leads=not claim)
        self._sentences.cited(piece.text)
        for part in piece.parts:
            if part.reference is None:
                yield from self._put(Text(part.text))
                continue
            cited = _Cited(part.text, self._resolver.resolve(part.reference))
            waiting.cited.append(cited)
            waiting.queue.append(cited)
            if isinstance(cited.place, Resolved):
                waiting.queue += self._after_block(cited.place)
                self._near = (cited.place, _Nearness.NEXT)

    def _put(self, event: Event) -> Iterator[Event]:
        """Give an event out, or queue it behind citations that wait."""
        if self._waiting is None:
            yield event
            return
        self._waiting.queue.append(event)
        self._waiting.chars += len(event.text)
        self._waiting.has_words = self._waiting.has_words or bool(re.search(r"\w", event.text))
        if self._waiting.chars > _MAX_WAITING_CHARS:
            yield from self._release()

    def _release(self, *, keep_claim: bool = False) -> Iterator[Event]:
        """Give out what waits, with verdicts.

        :param keep_claim: another citation follows in the sentence and may rest on the same claim.
        """
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        claim = waiting.claim or waiting.fallback
        if keep_claim:
            self._sentences.lend(waiting.claim)
        verdicts = iter(self._verdicts(claim, waiting.cited))
        for item in waiting.queue:
            yield next(verdicts) if isinstance(item, _Cited) else item

    def _verdicts(self, claim: Claim, cited: Sequence[_Cited]) -> list[Event]:
        places = [item.place for item in cited if isinstance(item.place, Resolved)]
        judged = iter(self._judge.judge(claim, places))
        verdicts: list[Event] = []
        for item in cited:
            if isinstance(item.place, Unresolved):
                verdicts.append(UntrueCitation(item.text, item.place.reason, item.place.hint))
            elif (missing := next(judged)) is not None:
                what = "the file does" if item.place.whole_file else "the lines do"
                verdicts.append(
                    UntrueCitation(item.text, f"{what} not mention {missing.shown}", missing.elsewhere)
                )
            else:
                place = item.place
                verdicts.append(
                    TrueCitation(
                        item.text, place.root, place.path, place.start_line, place.end_line, place.whole_file
                    )
                )
            self._counts["true" if isinstance(verdicts[-1], TrueCitation) else "untrue"] += 1
        return verdicts

    def _fenced(self, piece: Piece) -> Iterator[Event]:
        """Take a line of a fenced block: its text is given out at once, what is wrong with it after its end."""
        if piece.kind is PieceKind.FENCE_OPEN:
            yield from self._release()
            self._info, self._block = piece.content, []
        yield Text(piece.text)
        if piece.kind is PieceKind.FENCE_TEXT:
            self._block.append(piece.text)
        elif piece.kind is PieceKind.FENCE_CLOSE:
            yield from self._quotation(Block(self._info, "".join(self._block)))
            self._sentences.block()

    def _quotation(self, block: Block) -> Iterator[Event]:
        """Check a block that says itself, or of which the text before it says, where it is from."""
        yield from self._forget_block()
        near, self._near = self._near, None
        if not block.is_code():
            return
        named, is_first_line = block.named_source()
        reference = parse_reference(named, self._resolver.is_path) if named else None
        if reference is not None:
            text = block.text.partition("\n")[2] if is_first_line else block.text
            place = self._resolver.resolve(reference)
            if isinstance(place, Resolved):
                yield from self._compared(text, place, attached=reference.start_line is not None)
                return
            if reference.start_line is not None:
                self._counts["flagged"] += 1
                yield FlaggedQuotation(reference.path, "", place.reason)
                return
        if near is not None and near[1] is _Nearness.ANNOUNCED:
            yield from self._compared(block.text, near[0], attached=True)
        else:
            self._closed = (block, near)

    def _after_block(self, place: Resolved) -> list[Event]:
        """Check a block whose source stands right behind it."""
        closed, self._closed = self._closed, None
        return list(self._compared(closed[0].text, place, attached=True)) if closed else []

    def _compared(self, text: str, place: Resolved, *, attached: bool) -> Iterator[Event]:
        difference = differs(text, place)
        if difference is None or not (attached or difference.share_found >= _ALTERED_QUOTATION):
            return
        self._counts["flagged"] += 1
        yield FlaggedQuotation(place.path, difference.line)

    def _leave_block(self, piece: Piece) -> Iterator[Event]:
        """Take note of what stands between a citation and a block, which then belong together less."""
        if self._near is not None and not _MARKUP.fullmatch(piece.text):
            nearness = _Nearness.ANNOUNCED if _COLON.fullmatch(piece.text) else _Nearness.APART
            self._near = (self._near[0], nearness)
        if (
            self._closed is not None
            and re.search(r"\w", piece.text)
            and not _LEADS_TO_SOURCE.fullmatch(piece.text)
        ):
            yield from self._forget_block()

    def _forget_block(self) -> Iterator[Event]:
        """Check a block behind which no source is named, against the citation in the text before it."""
        closed, self._closed = self._closed, None
        if closed is not None and closed[1] is not None:
            place, nearness = closed[1]
            for event in self._compared(closed[0].text, place, attached=nearness is _Nearness.NEXT):
                yield from self._put(event)


_MARKUP = re.compile(r"[)\]*_]+")
_COLON = re.compile(r"[)\]*_]*:[*_]*")
_LEADS_TO_SOURCE = re.compile(r"\(?(?:from|source|see|in|at|file)[:.,]?", re.IGNORECASE)


def _joined(events: Iterable[Event]) -> list[Event]:
    """Join neighbouring texts."""
    joined: list[Event] = []
    for event in events:
        if isinstance(event, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + event.text)
        else:
            joined.append(event)
    return joined
