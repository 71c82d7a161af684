"""A check of many files: each is checked, and what was found sorted into what is to be done and what is settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.copies.baseline import Baseline
from assistant.copies.check import CopyChecker
from assistant.copies.model import CopyFinding, CopyKind, CopyLevel
from assistant.copies.suppress import comment_above, mark_without_reason
from assistant.copies.targets import Target
from indexer.discovery import SkippedFile


@dataclass(frozen=True)
class Review:
    """What a check of files came to.

    :ivar findings: all, by file and line.
    :ivar accepted: those of them that the baseline has.
    :ivar notes: what the user should know, a line each.
    """

    files: int
    findings: tuple[CopyFinding, ...]
    accepted: frozenset[int]
    skipped: tuple[SkippedFile, ...]
    notes: tuple[str, ...]
    strict: bool = False

    @cached_property
    def to_act_on(self) -> tuple[CopyFinding, ...]:
        """Copies that the policy denies or wants reviewed, and nobody has settled; with ``strict`` hints, too."""
        return tuple(
            one
            for number, one in enumerate(self.findings)
            if number not in self.accepted
            and not one.is_settled
            and (self.strict or one.level is CopyLevel.WARNING)
        )

    @cached_property
    def hints(self) -> tuple[CopyFinding, ...]:
        """What is worth a look and fails no check."""
        acted = set(map(id, self.to_act_on))
        return tuple(
            one
            for number, one in enumerate(self.findings)
            if number not in self.accepted
            and id(one) not in acted
            and one.level is CopyLevel.HINT
            and not one.suppressed
            and (one.kind is CopyKind.DUPLICATE or not one.is_settled)
        )

    @cached_property
    def settled(self) -> tuple[CopyFinding, ...]:
        """The rest: allowed, accepted or given credit."""
        named = {*map(id, self.to_act_on), *map(id, self.hints)}
        return tuple(one for one in self.findings if id(one) not in named)


def review(
    checker: CopyChecker,
    targets: Iterable[Target | SkippedFile],
    *,
    baseline: Baseline | None = None,
    duplicates: bool = False,
    strict: bool = False,
) -> Review:
    """Check files.

    :param duplicates: look for copies within the user's own code, too, in what is new.
    :param strict: hints of copies are to be acted on, too.
    """
    findings: list[CopyFinding] = []
    skipped: list[SkippedFile] = []
    notes: list[str] = []
    files = 0
    for target in targets:
        if isinstance(target, SkippedFile):
            skipped.append(target)
            continue
        files += 1
        findings += checker.find(target.text, target.path, target.lines)
        if duplicates and target.lines is not None:
            findings += checker.find(target.text, target.path, target.lines, CopyKind.DUPLICATE)
        notes += [
            f"{target.path}:{line}: `assist: copied-ok` needs a reason behind it, so it does not count"
            for line in mark_without_reason(target.text)
        ]
    notes += checker.library.store.problems
    known = baseline or Baseline()
    accepted = frozenset(number for number, one in enumerate(findings) if known.accepts(one))
    notes += dict.fromkeys(note for one in findings for note in one.ruling.notes)
    return Review(files, tuple(findings), accepted, tuple(skipped), tuple(notes), strict)


def of_lines(findings: Sequence[CopyFinding], line: int, text: str) -> list[CopyFinding]:
    """Return the findings that a line lies in, the shortest first; else those whose comment above it lies in.

    :param text: of the file. A credit that was put above a passage has moved it down: its old line is the credit's.
    """
    lines = text.split("\n")
    found = [one for one in findings if one.start_line <= line <= one.end_line]
    found = found or [one for one in findings if comment_above(lines, one.start_line) <= line <= one.end_line]
    return sorted(found, key=lambda one: one.end_line - one.start_line)
