"""Answers with a known mix of true and untrue citations, made from a repository's own files.

Each statement names something that the repository defines, in varied prose, and cites lines for it in one of the
spellings that models use. What is untrue is so by construction and checked against the files' text here, not by the
product: shifted lines do not have the name, another file's lines do not have it, an invented path or symbol is nowhere.
True ones include loose and header-only ranges, calls in other files, several names and parts of paths.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from indexer.chunking import Definition, parse_source
from indexer.discovery import Source, list_files, read_source
from indexer.languages import LanguageKind, language_of

_KINDS = frozenset("function method constructor class interface trait struct enum record object type".split())
_WORD = re.compile(r"(?<!\w)[^\W\d]\w{3,63}(?!\w)")
_MAX_LINES = 400


class Truth(Enum):
    """What a citation or block is, by construction."""

    TRUE = "true"
    OFF_BY_SOME = "off by some"
    WRONG_FILE = "wrong file"
    INVENTED_PATH = "invented path"
    INVENTED_SYMBOL = "invented symbol"
    TRUE_QUOTATION = "true quotation"
    ALTERED_QUOTATION = "altered quotation"


@dataclass(frozen=True, slots=True)
class Expected:
    """What should be found out about a part of an answer, by the characters it spans."""

    start_char: int
    end_char: int
    truth: Truth
    invented: str = ""


@dataclass(slots=True)
class MadeAnswer:
    """An answer and the truth about it."""

    text: str = ""
    expected: list[Expected] = field(default_factory=list)
    names: int = 0
    """Genuine names in code font, each of which would be a false alarm."""

    def add(self, text: str, truth: Truth | None = None, invented: str = "") -> None:
        """Append a statement."""
        if truth is not None:
            self.expected.append(Expected(len(self.text), len(self.text) + len(text), truth, invented))
        self.names += len(re.findall(r"(?<!`)`[^`\n]+`", text)) - (1 if invented else 0)
        self.text += text


@dataclass(frozen=True, slots=True)
class Subject:
    """A definition to make statements about. Lines are 1-based and inclusive; ``top``: of its leading comment."""

    path: str
    name: str
    scope: str
    top: int
    start: int
    end: int
    name_line: int
    header_end: int


class Repository:
    """The text of a repository, and what it defines."""

    def __init__(self, root: Path) -> None:
        """Read every source file."""
        self.lines: dict[str, list[str]] = {}
        self.words: dict[str, set[str]] = {}
        self.subjects: list[Subject] = []
        self.definitions: dict[str, tuple[Definition, ...]] = {}
        for found in list_files(root).files:
            source = read_source(root, found.path)
            if isinstance(source, Source):
                self._add(found.path, source.text)
        self.all_words = set().union(*self.words.values()) if self.words else set()
        self.paths = sorted(self.lines)

    def _add(self, path: str, text: bytes) -> None:
        decoded = text.decode("utf-8", "replace")
        lines = decoded.split("\n")
        self.lines[path] = lines[:-1] if not lines[-1] else lines
        self.words[path] = set(re.findall(r"\w+", decoded))
        language = language_of(path, text[:4096])
        parsed = parse_source(text, language)
        self.definitions[path] = parsed.definitions
        if language.kind is LanguageKind.CODE:
            self.subjects += [
                subject
                for item in parsed.definitions
                if item.kind in _KINDS
                and _WORD.fullmatch(item.name)
                and item.end_line - item.start_line < _MAX_LINES
                and (subject := self._subject(path, item, text)) is not None
            ]

    def _subject(self, path: str, item: Definition, text: bytes) -> Subject | None:
        top = item.start_line
        while top > 1 and self.lines[path][top - 2].strip():
            top -= 1
        head = text.count(b"\n", item.start_byte, item.signature_end_byte)
        if not self.has(path, item.name_line, item.name_line, item.name):
            return None
        scope = item.scope.rsplit(".", 1)[-1]
        return Subject(
            path,
            item.name,
            scope if _WORD.fullmatch(scope) else "",
            top,
            item.start_line,
            item.end_line,
            item.name_line,
            max(item.name_line, item.start_line + head),
        )

    def has(self, path: str, start: int, end: int, name: str) -> bool:
        """Tell whether a word stands in some lines."""
        text = "\n".join(self.lines[path][start - 1 : end])
        return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))

    def is_inside(self, path: str, start: int, end: int, name: str) -> bool:
        """Tell whether lines lie in, or touch the header of, any definition of this name."""
        for item in self.definitions[path]:
            if item.name != name:
                continue
            top = self._subject_top(path, item)
            if (item.start_line <= start and end <= item.end_line) or (
                start <= item.name_line and end >= top
            ):
                return True
        return False

    def _subject_top(self, path: str, item: Definition) -> int:
        top = item.start_line
        while top > 1 and self.lines[path][top - 2].strip():
            top -= 1
        return top

    def says(self, path: str, start: int, end: int, name: str) -> bool:
        """Tell whether lines can be cited for a name."""
        return self.has(path, start, end, name) or self.is_inside(path, start, end, name)


Range = tuple[str, int, int]
_FORMATS = (
    "[{p}:{s}-{e}]", "[{p}:{s}-{e}]", "[{p}:{s}-{e}]", "[`{p}:{s}-{e}`]", "`{p}:{s}-{e}`", "({p}:{s}-{e})",
    "{p}:{s}-{e}", "[{p}#L{s}-L{e}]", "[{p}:L{s}-L{e}]", "[{p}:L{s}-{e}]", "[./{p}:{s}-{e}]", "[{b}:{s}-{e}]",
    "[the code]({p}#L{s}-L{e})", "[{p}:{s}-{e}]({p}#L{s}-L{e})", "`{p}` (lines {s}-{e})",
    "`{p}`, lines {s}\u2013{e}", "lines {s}-{e} of `{p}`", "[{p}, lines {s}-{e}]", "**[{p}:{s}-{e}]**",
)  # fmt: skip
_ONE_LINE = (
    "[{p}:{s}]", "[{p}:{s}]", "`{p}:{s}`", "({p}:{s})", "{p}:{s}", "[{p}#L{s}]", "[{p}:L{s}]", "[here]({p}#L{s})",
    "`{p}` (line {s})", "line {s} of `{p}`", "[{p}, line {s}]",
)  # fmt: skip
_ONE_NAME = (
    "{n} is defined in {c}.", "The work is done by {n} {c}.", "{c} has {n}.", "In {c}, {n} takes care of this.",
    "This is the job of {n}. {c}\n", "\n- {n}: {c}\n", "\n- {c}: {n}\n", "\n| {n} | {c} |\n", "Start at {n} ({c}).",
    "{n} is where it begins. It can be found in {c}.", "\n1. **{n}** \u2013 see {c}\n", "You want {n}: {c}.",
    "As {c} shows, the answer is {n}, which decides what comes next.", "\n### {n}\n\nSee {c} for how it is done.\n",
)  # fmt: skip
_TWO_NAMES = (
    "{n} relies on {o} {c}.", "{n} hands over to {o}, see {c}.", "Inside {n}, {o} is consulted ({c}).",
    "\n- {n} works with {o} {c}\n", "In {c}, {n} refers to {o}.", "{n} ({c}) refers to {o}, e.g. when it starts.",
)  # fmt: skip
_FILLER = (
    "Note that it may return `None` or raise a `ValueError`.", "Run `pip install -e .` or `npm test` first.",
    "The rest is configuration.", "See https://example.org/docs/a.html:80 for background.", "Nothing else is needed.",
    "On failure the exit status is `1`, not `0`.", "It takes about 3.5 s, i.e. not long.",
    "Set `--verbose` to see more.", "You could write `my_function(x)` around it.", "That is all there is to it.",
    "It listens on localhost:8080 by default.",
    "Array access such as a[0] or items[1:3] is unaffected.",
)  # fmt: skip


class Maker:
    """Makes answers about one repository; equal seeds make equal answers."""

    def __init__(self, repository: Repository, seed: int) -> None:
        self._repository = repository
        self._random = random.Random(seed)
        self._makers = {
            Truth.TRUE: self._true,
            Truth.OFF_BY_SOME: self._off_by_some,
            Truth.WRONG_FILE: self._wrong_file,
            Truth.INVENTED_PATH: self._invented_path,
            Truth.INVENTED_SYMBOL: self._invented_symbol,
        }

    def answer(self, truths: Sequence[Truth]) -> MadeAnswer:
        """Make an answer with one statement of each kind, in this order, and filler between."""
        answer = MadeAnswer()
        for truth in truths:
            if truth in (Truth.TRUE_QUOTATION, Truth.ALTERED_QUOTATION):
                self._quotation(answer, truth)
                continue
            for _ in range(200):
                if (made := self._makers[truth](self._random.choice(self._repository.subjects))) is not None:
                    answer.add(made[0], truth, made[1])
                    break
            answer.add(self._random.choice((" ", " ", "\n\n")))
            if self._random.random() < 0.4:
                answer.add(self._random.choice(_FILLER) + self._random.choice((" ", "\n\n")))
        return answer

    def _true(self, subject: Subject) -> tuple[str, str] | None:
        way = self._random.choice(("exact", "loose", "header", "part", "use"))
        last = len(self._repository.lines[subject.path])
        if way == "use":
            return self._use(subject)
        if way == "loose":
            start = max(1, subject.start - self._random.randint(1, 8))
            place = (subject.path, start, min(last, subject.end + self._random.randint(1, 8)))
        elif way == "header":
            place = (subject.path, subject.name_line, min(subject.header_end, subject.end))
        elif way == "part":
            start = self._random.randint(subject.start, subject.end)
            place = (subject.path, start, self._random.randint(start, subject.end))
        else:
            place = (subject.path, subject.start, subject.end)
        return self._statement(subject, place, self._others(subject, place if way == "part" else None)), ""

    def _use(self, subject: Subject) -> tuple[str, str] | None:
        """Cite lines of any file that use the name."""
        users = [path for path, words in self._repository.words.items() if subject.name in words]
        path = self._random.choice(users)
        lines = [
            n
            for n in range(1, len(self._repository.lines[path]) + 1)
            if self._repository.has(path, n, n, subject.name)
        ]
        if not lines:
            return None
        line = self._random.choice(lines)
        end = min(len(self._repository.lines[path]), line + self._random.randint(0, 6))
        return self._statement(subject, (path, max(1, line - self._random.randint(0, 3)), end), []), ""

    def _off_by_some(self, subject: Subject) -> tuple[str, str] | None:
        repository, last = self._repository, len(self._repository.lines[subject.path])
        start, end = self._random.choice(
            (
                (subject.start, subject.end),
                (subject.name_line, subject.header_end),
                (subject.name_line, subject.name_line),
            )
        )
        shift = self._random.choice((-1, 1)) * self._random.choice((1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144))
        if self._random.random() < 0.1:
            return self._statement(subject, (subject.path, start, last + self._random.randint(1, 90)), []), ""
        start, end = start + shift, end + shift
        if start < 1 or end > last or repository.says(subject.path, start, end, subject.name):
            return None
        place = (subject.path, start, end)
        return self._statement(subject, place, self._absent(subject, place)), ""

    def _wrong_file(self, subject: Subject) -> tuple[str, str] | None:
        path = self._random.choice(self._repository.paths)
        if path == subject.path or subject.end > len(self._repository.lines[path]) + 50:
            return None
        end = min(subject.end, len(self._repository.lines[path]))
        if subject.start > end or self._repository.says(path, subject.start, end, subject.name):
            return None
        place = (path, subject.start, end)
        return self._statement(subject, place, self._absent(subject, place)), ""

    def _invented_path(self, subject: Subject) -> tuple[str, str] | None:
        folder, _, name = subject.path.rpartition("/")
        stem, dot, suffix = name.rpartition(".")
        if not dot or not stem:
            return None
        folder = folder or "src"
        path = self._random.choice(
            (f"{folder}/{stem}s.{suffix}", f"{folder}/{stem}_utils.{suffix}", f"{folder}/core/{name}",
             f"lib{folder}/{name}", f"{folder}/{stem[::-1]}.{suffix}", f"{stem}_helper.{suffix}",
             f"{folder}/impl_{name}")
        )  # fmt: skip
        if any(other == path or other.endswith("/" + path) for other in self._repository.paths):
            return None
        return self._statement(subject, (path, subject.start, subject.end), self._others(subject, None)), ""

    def _invented_symbol(self, subject: Subject) -> tuple[str, str] | None:
        other = self._random.choice(self._repository.subjects).name
        joined = f"{subject.name}{other[:1].upper()}{other[1:]}"
        invented = self._random.choice(
            (joined, f"{subject.name}_{other}", f"{other}Frobnicator", f"un{subject.name}ify")
        )
        if invented in self._repository.all_words:
            return None
        shown = f"{subject.scope}.{invented}" if subject.scope and self._random.random() < 0.5 else invented
        place = (subject.path, subject.start, subject.end)
        if self._random.random() < 0.3:
            text = self._random.choice(_TWO_NAMES).format(
                n=self._shown(subject), o=f"`{shown}`", c=self._cited(place)
            )
        else:
            text = self._random.choice(_ONE_NAME).format(n=f"`{shown}`", c=self._cited(place))
        return text, invented

    def _quotation(self, answer: MadeAnswer, truth: Truth) -> None:
        subject = self._random.choice([s for s in self._repository.subjects if 3 <= s.end - s.start <= 30])
        lines = self._repository.lines[subject.path][subject.start - 1 : subject.end]
        if any("```" in line for line in lines):
            return
        if truth is Truth.ALTERED_QUOTATION:
            numbers = [number for number, line in enumerate(lines) if _WORD.search(line)]
            changed = self._random.choice(numbers)
            lines = list(lines)
            lines[changed] = _WORD.sub(lambda match: match.group() + "_x", lines[changed], count=1)
        elif len(lines) > 6 and self._random.random() < 0.5:
            cut = self._random.randint(2, len(lines) - 3)
            lines = [*lines[:cut], "    ...", *lines[cut + 1 :]]
        block = "```\n" + "\n".join(lines) + "\n```"
        cited = f"[{subject.path}:{subject.start}-{subject.end}]"
        form = self._random.choice(("{n} reads {c}:\n\n{b}\n\n", "\n{b}\n\nFrom {c}.\n\n"))
        answer.add(form.format(n=self._shown(subject), c=cited, b=block), truth)

    def _others(self, subject: Subject, place: Range | None) -> list[str]:
        """Choose further names that stand in the cited lines, or else anywhere in the definition."""
        start, end = (place[1], place[2]) if place else (subject.start, subject.end)
        text = "\n".join(self._repository.lines[subject.path][start - 1 : end])
        words = sorted(
            {word for word in _WORD.findall(text) if "_" in word or any(map(str.isupper, word[1:]))}
        )
        words = [word for word in words if word != subject.name]
        return [self._random.choice(words)] if words and self._random.random() < 0.4 else []

    def _absent(self, subject: Subject, place: Range) -> list[str]:
        """Choose a further name that the lines may use but do not define: else they would be about that one."""
        others = self._others(subject, None)
        return [name for name in others if not self._repository.is_inside(*place, name)]

    def _statement(self, subject: Subject, place: Range, others: Iterable[str]) -> str:
        other = next(iter(others), "")
        cited, shown = self._cited(place), self._shown(subject)
        if other:
            return self._random.choice(_TWO_NAMES).format(n=shown, o=f"`{other}`", c=cited)
        return self._random.choice(_ONE_NAME).format(n=shown, c=cited)

    def _shown(self, subject: Subject) -> str:
        forms = [subject.name, f"{subject.name}()"]
        if subject.scope:
            forms += [f"{subject.scope}.{subject.name}", f"{subject.scope}::{subject.name}"]
        return f"`{self._random.choice(forms)}`"

    def _cited(self, place: Range) -> str:
        path, start, end = place
        if path in self._repository.lines and self._random.random() < 0.1:
            path = self._shortened(path)
        if "`" in path or " " in path:  # only the asked form is unambiguous then
            return f"[{path}:{start}-{end}]"
        values = {"p": path, "b": path.replace("/", "\\"), "s": start, "e": end}
        return self._random.choice(_ONE_LINE if start == end else _FORMATS).format(**values)

    def _shortened(self, path: str) -> str:
        """Leave the first folders out if what remains means one file only."""
        parts = path.split("/")
        for count in range(1, len(parts)):
            end = "/".join(parts[-count:])
            if sum(other == end or other.endswith("/" + end) for other in self._repository.paths) == 1:
                return end
        return path


def mix(seed: int, count: int, shares: Mapping[Truth, int]) -> Iterator[list[Truth]]:
    """Yield for every answer which statements it has: 3 to 6, drawn by their shares."""
    choose = random.Random(seed)
    for _ in range(count):
        yield choose.choices(list(shares), list(shares.values()), k=choose.randint(3, 6))
