"""How a repository writes its commit messages, read from the subjects of earlier ones, and whether a message fits.

Pure text. The form is that of Conventional Commits 1.0.0 if most subjects have it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.recipes.fences import fence_at

TYPES = ("feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert")
_CONVENTIONAL = re.compile(r"(?P<type>[a-z]+)(?:\((?P<scope>[^()\n]+)\))?!?: \S")
_AREA = re.compile(r"(?P<area>[\w./*+-]+(?:, [\w./*+-]+)*): \S")
_TICKET = re.compile(r"\[?[A-Z][A-Z0-9]+-\d+\]?[:\s]|#\d+[:\s]")
_EMOJI = re.compile(r":[a-z_0-9+-]+: |[\U0001f300-\U0001faff\u2600-\u27bf]")
_MOST = 0.6
_LONGEST = 72
_INTRODUCTION = re.compile(
    r"(?:here|sure|certainly|okay|ok|commit message|the commit message)\b.*:\s*\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class CommitStyle:
    """The form of a repository's subjects."""

    conventional: bool
    types: tuple[str, ...]
    """Types of Conventional Commits in use, the commonest first."""
    prefix: str
    """``area``, ``ticket``, ``emoji`` or empty: what most other subjects begin with."""
    capitalised: bool
    full_stop: bool
    longest: int
    """Characters that a subject should not exceed."""
    examples: tuple[str, ...]

    def in_words(self) -> str:
        """Describe the form for a model."""
        said = []
        if self.conventional:
            said.append(f"Conventional Commits, type(scope): subject; types in use: {', '.join(self.types)}")
        if self.prefix:
            kinds = {
                "area": 'the area first, as in "parser: ..."',
                "ticket": "a ticket first",
                "emoji": "an emoji first",
            }
            said.append(kinds[self.prefix])
        said.append("capitalised" if self.capitalised else "in lower case")
        said.append("with a full stop" if self.full_stop else "without a full stop")
        said.append(f"at most {self.longest} characters")
        examples = "\n".join(f"- {subject}" for subject in self.examples)
        return f"First line: {'; '.join(said)}.\n" + (f"Earlier messages:\n{examples}\n" if examples else "")


def style_of(subjects: Sequence[str]) -> CommitStyle:
    """Read the form of subjects, newest first. Without any, the form is the usual one."""
    subjects = [subject for subject in subjects if not subject.startswith(("Merge ", "Revert "))]
    count = len(subjects)
    matches = [match for subject in subjects if (match := _CONVENTIONAL.match(subject))]
    used = Counter(match["type"] for match in matches)
    known = sum(number for name, number in used.items() if name in TYPES)
    conventional = count > 0 and known >= _MOST * count
    bodies = [_after_prefix(subject) for subject in subjects]
    capitals = sum(body[:1].isupper() for body in bodies)
    return CommitStyle(
        conventional=conventional,
        types=tuple(name for name, _ in used.most_common() if name in TYPES or conventional),
        prefix="" if conventional else _prefix(subjects),
        capitalised=2 * capitals >= count,
        full_stop=2 * sum(subject.endswith(".") for subject in subjects) > count,
        longest=max(_LONGEST, *sorted(map(len, subjects))[: max(1, count * 9 // 10)])
        if subjects
        else _LONGEST,
        examples=tuple(subjects[:12]),
    )


def _prefix(subjects: Sequence[str]) -> str:
    for name, pattern in (("ticket", _TICKET), ("emoji", _EMOJI), ("area", _AREA)):
        if subjects and sum(bool(pattern.match(subject)) for subject in subjects) >= _MOST * len(subjects):
            return name
    return ""


def _after_prefix(subject: str) -> str:
    for pattern in (_CONVENTIONAL, _AREA, _TICKET):
        if match := pattern.match(subject):
            return subject[match.end() - (pattern is not _TICKET) :].lstrip()
    return subject


def message_of(answer: str) -> str:
    """Return the message in an answer, without what models put around it. Empty if there is none."""
    lines = answer.replace("\r\n", "\n").strip().split("\n")
    for number in range(len(lines)):
        fence = fence_at(lines, number)
        if fence is not None:
            lines = list(fence.lines)
            break
    while lines and (not lines[0].strip() or _INTRODUCTION.match(lines[0].strip())):
        del lines[0]
    text = "\n".join(line.rstrip() for line in lines).strip()
    subject, newline, body = text.partition("\n")
    subject = subject.strip()
    for mark in ('"', "`", "**", "'"):
        if len(subject) > 2 * len(mark) and subject.startswith(mark) and subject.endswith(mark):
            subject = subject[len(mark) : -len(mark)]
    if body.strip() and not body.startswith("\n"):
        body = "\n" + body
    return (subject + newline + body).strip()


def problems_of(message: str, style: CommitStyle) -> list[str]:
    """Return what does not fit the repository's form, for the user."""
    subject = message.partition("\n")[0]
    problems = []
    if len(subject) > style.longest:
        problems.append(f"the first line has {len(subject)} characters; {style.longest} are usual here")
    if style.conventional:
        match = _CONVENTIONAL.match(subject)
        if match is None:
            problems.append("the first line is no Conventional Commit, as the others here are")
        elif match["type"] not in {*TYPES, *style.types}:
            problems.append(f'"{match["type"]}" is no type of commit that is used here')
    return problems
