"""Questions about a repository as a whole, answered from its README, manifests, licence and entry points.

Which questions these are is :mod:`assistant.answers.about`'s business. Every statement names the place it rests on;
what only the kind of project implies (``cargo test`` where there is a Cargo.toml) is called customary.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answers import documents
from assistant.answers.about import About
from assistant.answers.manifests import Fact, Topic, facts_of, is_manifest
from assistant.answers.passages import Line, Passage
from assistant.answers.places import CurrentFile, Place, current_file
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Source
from indexer.discovery import Role, role_of
from indexer.index.snapshot import StoredDefinition

_MOST_PASSAGES = 5
_ASIDE = Role.TEST | Role.EXAMPLE | Role.VENDORED | Role.BENCHMARK | Role.DOCS
_NOT_MAIN = Role.TEST | Role.EXAMPLE | Role.VENDORED | Role.GENERATED | Role.BENCHMARK | Role.DOCS


_HEADINGS = {
    About.TEST: r"\btest(?:s|ing)?\b",
    About.INSTALL: r"\binstall|\bset[\s-]?up\b|getting\s+(?:started|it)|quick[\s-]?start|download|requirements",
    About.BUILD: r"\bbuild(?:ing)?\b|\bcompil(?:e|ing|ation)\b|from\s+source|develop",
    About.RUN: r"\busage\b|quick[\s-]?(?:start|example)|getting\s+started|how\s+to\s+use|\brunning\b"
    r"|\bexamples?\b|^using\b|\bhow\s+do\s+i\b",
    About.LICENSE: r"\blicen[sc]",
    About.DEPENDENCIES: r"\bdependenc|\brequirements?\b|prerequisites",
    About.STRUCTURE: r"\bstructure|\barchitect|\blayout|organi[sz]ation|\boverview\b|\bmodules\b"
    r"|\bcomponents\b|\bdesign\b",
    About.CONTRIBUTE: r"\bcontribut(?!ors?\b)|pull\s+request|\bpatches\b",
    About.CONFIGURE: r"\bconfigur|\bsettings?\b|\boptions?\b",
}
_HEADING_WORDS = 5
"""A longer heading is about something of its own."""
_OTHER_RUNS = re.compile(r"\btest|\bbench", re.IGNORECASE)
_TOPICS = {about: Topic(about.value) for about in About if about.value in {topic.value for topic in Topic}}


UNDOCUMENTED = {
    About.PURPOSE: "what it is",
    About.TEST: "how to run the tests",
    About.INSTALL: "how to install it",
    About.BUILD: "how to build it",
    About.RUN: "how to use it",
    About.LICENSE: "which licence it has",
    About.DEPENDENCIES: "what it depends on",
    About.ENTRY: "where it starts",
    About.STRUCTURE: "how it is structured",
    About.CONTRIBUTE: "how to contribute",
    About.CONFIGURE: "how it is configured",
}
"""How "not found" names what was asked."""


@dataclass(frozen=True, slots=True)
class Overview:
    """An answer about the repository: a statement in plain text, and the places it rests on."""

    statement: str
    passages: tuple[Passage, ...]


def overview(source: Source, about: About) -> Overview | None:
    """Answer from a repository's documents; None if they say nothing about it."""
    return _Overview(source).answer(about)


class _Overview:
    """What is known about one repository, read when needed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._snapshot = source.snapshot
        self._facts: list[Fact] | None = None

    def answer(self, about: About) -> Overview | None:
        if about is About.PURPOSE:
            return self._purpose()
        if about is About.LICENSE:
            return self._license()
        if about is About.ENTRY:
            return self._entry()
        if about is About.STRUCTURE:
            return self._structure()
        if about is About.CONTRIBUTE:
            return self._contribute()
        if about is About.DEPENDENCIES:
            return self._dependencies()
        if about is About.CONFIGURE:
            return self._configure()
        return self._how(about)

    # What each topic is answered from

    def _purpose(self) -> Overview | None:
        passages = []
        said = ""
        file = documents.readme(self._source)
        numbers = documents.opening(file) if file is not None else []
        facts = [fact for fact in self._about(Topic.PURPOSE) if not numbers or "/" not in fact.path]
        if facts:
            said = f"“{facts[0].text.rstrip('.')}”, says {_at(facts[0])}."
            passages.append(self._fact_passage(facts[0], "its manifest"))
        if file is not None and numbers:
            passages.insert(0, self._lines_passage(file, numbers, "how its README begins"))
            if not said:
                words = " ".join(file.lines[number - 1].strip() for number in numbers)
                said = f"“{_first_sentence(words)}”, says {file.path}:{numbers[0]}."
        if not passages:
            return self._structure()
        passages += [one for one in self._entries()[:1] if not one.result.path.startswith(_HELPERS)]
        return Overview(f"{said} {self._languages()}", tuple(passages[:_MOST_PASSAGES]))

    def _how(self, about: About) -> Overview | None:
        """Answer a question for a command: what a manifest states, then documents, then what is customary."""
        facts = self._about(_TOPICS[about])
        told = self._sections(about)
        stated = [fact for fact in facts if not fact.is_convention]
        customary = [fact for fact in facts if fact.is_convention]
        if not (facts or told):
            return None
        said = _command_statement(about, stated, told, customary)
        shown = [self._fact_passage(fact, "states the command") for fact in stated[:2]]
        shown += [self._section_passage(file, place) for file, place in told[:2]]
        shown += [self._fact_passage(fact, "makes it customary") for fact in customary[: 1 if shown else 2]]
        shown += self._workflows(about)[:1]
        return Overview(said, tuple(_distinct(shown)[:_MOST_PASSAGES]))

    def _license(self) -> Overview | None:
        file = documents.license_file(self._source)
        facts = self._about(Topic.LICENSE)
        passages, said = [], ""
        if file is not None:
            name = documents.license_name(file.lines)
            numbers = [n for n, line in enumerate(file.lines[:12], 1) if line.strip()][:3]
            passages.append(self._lines_passage(file, numbers, "the licence"))
            said = (
                f"The licence is {name}, by the text of {file.path}."
                if name
                else f"The licence is in {file.path}."
            )
        if facts:
            passages.append(self._fact_passage(facts[0], "states the licence"))
            said = said or f"The licence is {facts[0].text} ({_at(facts[0])})."
        passages += [self._section_passage(file, place) for file, place in self._sections(About.LICENSE)[:1]]
        return Overview(said or f"See {passages[0].result.location}.", tuple(passages)) if passages else None

    def _dependencies(self) -> Overview | None:
        facts = self._about(Topic.DEPENDENCIES)
        told = self._sections(About.DEPENDENCIES)
        if not (facts or told):
            return None
        passages = [self._fact_passage(fact, "lists them", 8) for fact in facts[:3]]
        passages += [self._section_passage(file, place) for file, place in told[: 1 if facts else 2]]
        if not facts:
            return Overview(f"See {passages[0].result.location}.", tuple(passages))
        names = facts[0].text.split(", ")
        listed = ", ".join(f"`{name}`" for name in names[:8]) + (
            f" and {len(names) - 8} more" if len(names) > 8 else ""
        )
        return Overview(f"It depends on {listed} ({_at(facts[0])}).", tuple(passages))

    def _entry(self) -> Overview | None:
        passages = self._entries()[:_MOST_PASSAGES]
        if not passages:
            return None
        where = [_named(passage.result) for passage in passages[:3]]
        noun = "Entry point" if len(passages) == 1 else "Entry points"
        return Overview(f"{noun}: {', '.join(where)}.", tuple(passages))

    def _structure(self) -> Overview | None:
        folders = Counter(
            path.split("/")[0] if "/" in path else ""
            for path, role in zip(self._snapshot.paths, self._snapshot.roles.tolist(), strict=True)
            if not role & Role.VENDORED.value
        )
        folders.pop("", None)
        largest = ", ".join(f"`{name}/` ({count:,} files)" for name, count in folders.most_common(6))
        said = self._languages() + (f" Folders: {largest}." if largest else "")
        passages = []
        if (file := documents.architecture(self._source)) and (numbers := documents.opening(file)):
            passages.append(self._lines_passage(file, numbers, "describes the structure"))
        passages += [
            self._section_passage(file, place) for file, place in self._sections(About.STRUCTURE)[:2]
        ]
        if not passages and (file := documents.readme(self._source)) and (numbers := documents.opening(file)):
            passages.append(self._lines_passage(file, numbers, "how its README begins"))
        passages += self._entries()[:2]
        return Overview(said, tuple(_distinct(passages)[:_MOST_PASSAGES])) if passages else None

    def _contribute(self) -> Overview | None:
        passages = []
        if file := documents.contributing(self._source):
            numbers = documents.opening(file) or [1]
            passages.append(self._lines_passage(file, numbers, "for contributors"))
        passages += [
            self._section_passage(file, place) for file, place in self._sections(About.CONTRIBUTE)[:2]
        ]
        if not passages:
            return None
        return Overview(
            f"{passages[0].result.location} is for contributors.", tuple(_distinct(passages)[:_MOST_PASSAGES])
        )

    def _configure(self) -> Overview | None:
        """Answer with sections on settings, and with the shallowest files that are called after settings."""
        roles = self._snapshot.roles.tolist()
        paths = [
            path
            for path, role in zip(self._snapshot.paths, roles, strict=True)
            if not (role & _NOT_MAIN.value or path.startswith("."))
            and _SETTINGS_FILE.fullmatch(path.rpartition("/")[2])
        ]
        paths = sorted(paths, key=lambda path: (path.count("/"), path))[:3]
        told = self._sections(About.CONFIGURE)[:2]
        passages = [self._section_passage(file, place) for file, place in told]
        files = [self._beginning(path) for path in paths]
        passages += [one for one in files if one is not None]
        if not passages:
            return None
        said = [
            f'"{place.name}" in {file.path}:{place.start_line}-{place.end_line} says how.'
            for file, place in told[:1]
        ]
        if paths:
            said.append(f"Called after settings: {', '.join(paths)}.")
        return Overview(" ".join(said), tuple(_distinct(passages)[:_MOST_PASSAGES]))

    # Evidence

    def _about(self, topic: Topic) -> list[Fact]:
        """Return the facts on a topic from the manifests at the top; from those one folder down if there are none."""
        if self._facts is None:
            files = [current_file(self._source, path) for path in self._manifests()]
            self._facts = [fact for file in files if file for fact in facts_of(file.path, file.lines)]
        facts = [fact for fact in self._facts if fact.topic is topic and fact.text]
        facts = [fact for fact in facts if fact.languages & self._main_languages()] or facts
        depth = min((fact.path.count("/") for fact in facts), default=0)
        return [fact for fact in facts if fact.path.count("/") == depth]

    def _main_languages(self) -> frozenset[str]:
        """Return the language of most files of code, and those close to it; "" stands for any language."""
        counts = Counter(name for name in self._snapshot.languages if name not in _NO_LANGUAGE)
        most = max(counts.values(), default=0)
        return frozenset(name for name, count in counts.items() if 3 * count >= most) | {""}

    def _manifests(self) -> list[str]:
        """Return the manifests that count: shallow ones; of those in folders, that of the main package first."""
        own = self._snapshot.root.name
        paths = [path for path in self._snapshot.paths if path.count("/") <= 1 and is_manifest(path)]
        kept = [path for path in paths if "/" not in path or not role_of(path) & _ASIDE]
        return sorted(kept, key=lambda path: (path.count("/"), path.split("/")[0] != own, len(path), path))[
            :20
        ]

    def _sections(self, about: About) -> list[tuple[CurrentFile, Place]]:
        """Return fitting sections of the README and of the document for contributors."""
        heading = re.compile(_HEADINGS[about], re.IGNORECASE)
        files = [documents.readme(self._source), documents.contributing(self._source)]
        if about is About.BUILD or about is About.TEST or about is About.CONTRIBUTE:
            files.reverse()
        found = [(file, place) for file in files if file for place in documents.sections(file, heading)]
        return [
            (file, place)
            for file, place in found
            if place.end_line > place.start_line
            and len(place.name.split()) <= _HEADING_WORDS
            and not (about is About.RUN and _OTHER_RUNS.search(place.name))
        ]

    def _entries(self) -> list[Passage]:
        found = [self._fact_passage(fact, "declares an entry point") for fact in self._about(Topic.ENTRY)[:3]]
        return _distinct([*found, *self._mains(), *self._customary_entries()])

    def _mains(self) -> Iterator[Passage]:
        rows = [
            item
            for name in ("main", "Main")
            for item in self._snapshot.definitions_named(name)
            if item.name == name and item.depth <= 1 and item.kind in ("function", "method")
        ]
        roles = self._snapshot.roles
        kept = {item.row: item for item in rows if not int(roles[item.file]) & _NOT_MAIN.value}
        for item in sorted(kept.values(), key=_distance)[:3]:
            file = current_file(self._source, item.path)
            if file is not None and not file.changed:
                yield self._made(
                    file,
                    item.start_line,
                    item.end_line,
                    [item.name_line],
                    "main",
                    item.qualified_name,
                    item.kind,
                )

    def _customary_entries(self) -> Iterator[Passage]:
        """Yield the files that the tools of their languages start with."""
        roles = self._snapshot.roles.tolist()
        fitting = [
            path
            for path, role in zip(self._snapshot.paths, roles, strict=True)
            if not role & _NOT_MAIN.value and path.count("/") <= 2 and _ENTRY_FILE.search(path)
        ]
        for path in sorted(fitting, key=lambda path: (path.count("/"), path))[:3]:
            if shown := self._beginning(path, "customary entry file"):
                yield shown

    def _beginning(self, path: str, why: str = "by its name") -> Passage | None:
        file = current_file(self._source, path)
        if file is None or not file.lines:
            return None
        numbers = [n for n, line in enumerate(file.lines[:200], 1) if line[:1].isalpha()][:3] or [1]
        return self._made(file, 1, len(file.lines), numbers, why, "", "text")

    def _workflows(self, about: About) -> list[Passage]:
        """Return the first command of a workflow that does what is asked."""
        if about is not About.TEST:
            return []
        pattern = re.compile(
            r"\s*(?:-\s*)?(?:run:\s*)?[^#\n]*\b(?:pytest|tox|nox|ctest|(?:npm|cargo|go|mix|make|mvn|gradlew?|sbt|dotnet|rake|yarn|pnpm)\b[^#\n]*\btest)"
        )
        for path in self._snapshot.paths:
            if path.startswith(".github/workflows/") and (file := current_file(self._source, path)):
                for number, line in enumerate(file.lines, 1):
                    if pattern.match(line) and not line.strip().startswith(("name:", "- name:", "-name:")):
                        return [self._lines_passage(file, [number], "what CI runs")]
        return []

    def _languages(self) -> str:
        """``412 files: Python (310), C (40), ...``."""
        counts = Counter(self._snapshot.languages)
        code = [(name, count) for name, count in counts.most_common() if name not in _NO_LANGUAGE]
        least = _MENTIONED * sum(count for _, count in code)
        files = len(self._snapshot.paths)
        listed = ", ".join(f"{_spelled(name)} ({count:,})" for name, count in code[:4] if count >= least)
        return f"{files:,} file{'s' if files != 1 else ''}" + (f", mostly {listed}." if listed else ".")

    # Passages

    def _fact_passage(self, fact: Fact, why: str, most: int = 4) -> Passage:
        file = current_file(self._source, fact.path)
        assert file is not None
        return self._lines_passage(file, fact.lines, why, most)

    def _section_passage(self, file: CurrentFile, place: Place) -> Passage:
        numbers = documents.beginning(file, place, 5)
        return self._made(
            file,
            place.start_line,
            place.end_line,
            numbers,
            "by its heading",
            place.qualified_name,
            "section",
        )

    def _lines_passage(self, file: CurrentFile, numbers: Sequence[int], why: str, most: int = 4) -> Passage:
        return self._made(file, min(numbers), max(numbers), numbers[:most], why, "", "text")

    def _made(
        self, file: CurrentFile, start: int, end: int, numbers: Sequence[int], why: str, name: str, kind: str
    ) -> Passage:
        result = SearchResult(
            root=self._snapshot.root,
            path=file.path,
            start_line=start,
            end_line=min(end, len(file.lines)),
            score=1.0,
            language=file.language,
            name=name,
            kind=kind,
        )
        inside = [number for number in numbers if number <= len(file.lines)]
        return Passage(result, tuple(Line(number, file.lines[number - 1], ()) for number in inside), why)


_NO_LANGUAGE = frozenset(
    "text markdown rst json yaml toml xml html css ini dockerfile make cmake editorconfig".split()
)
_MENTIONED = 0.05
"""Languages of a smaller share of the files of code are not named."""
_SPELLINGS = {"javascript": "JavaScript", "typescript": "TypeScript", "tsx": "TSX", "cpp": "C++", "csharp": "C#",
              "php": "PHP", "sql": "SQL"}  # fmt: skip
_HELPERS = ("tools/", "scripts/", "build", "ci/", ".", "www/", "website/", "documentation", "docs/")
_ENTRY_FILE = re.compile(
    r"(?:^|/)(?:__main__\.py|manage\.py|main\.(?:py|go|rs|c|cc|cpp|swift|zig|ts|js)|lib\.rs|index\.[jt]s|Program\.cs"
    r"|cli\.py|app\.py|[Mm]ain\.(?:kt|scala|java|hs))$|^(?:src/)?[^/]+/__init__\.py$|^(?:bin|exe|cmd)/[^/]+$|^lib/[^/]+\.(?:rb|exs?|php)$"
)


_SETTINGS_FILE = re.compile(
    r"(?:[\w-]+[._-])?(?:config(?:uration)?|settings|options|conf)\.(?!md$|rst$|txt$|adoc$|lock$|d\.ts$)\w+|[\w-]+\.conf",
    re.IGNORECASE,
)


def _spelled(language: str) -> str:
    return _SPELLINGS.get(language, language.capitalize())


def _distance(item: StoredDefinition) -> tuple[bool, int, str]:
    """Sort helpers behind the program itself, then deep files behind shallow ones."""
    return item.path.startswith(_HELPERS), item.path.count("/"), item.path


def _command_statement(
    about: About, stated: Sequence[Fact], told: Sequence[tuple[CurrentFile, Place]], customary: Sequence[Fact]
) -> str:
    verb = {
        About.TEST: "Run the tests with",
        About.INSTALL: "Install with",
        About.BUILD: "Build with",
        About.RUN: "Start with",
    }[about]
    see = ""
    if told:
        file, place = told[0]
        see = f' See also "{place.name}" ({file.path}:{place.start_line}-{place.end_line}).'
    if stated:
        return f"{verb} `{stated[0].text}` ({_at(stated[0])}).{see}"
    if told:
        return f'"{place.name}" in {file.path}:{place.start_line}-{place.end_line} says how.' + (
            f" Customary here: `{customary[0].text}` ({_at(customary[0])})." if customary else ""
        )
    return f"Nothing states it; customary with {customary[0].path} is `{customary[0].text}`."


def _at(fact: Fact) -> str:
    first, last = min(fact.lines), max(fact.lines)
    return f"{fact.path}:{first}" + (f"-{last}" if last > first else "")


def _named(result: SearchResult) -> str:
    return f"`{result.name}` ({result.location})" if result.name else result.location


def _first_sentence(text: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\[[^\]]*\]", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)|`([^`<]+)\s*<[^>]*>`_+", r"\1\2", text)
    text = re.sub(r"[*`]{1,3}|_{2}|^\s*[-+]\s+", "", text)
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0].rstrip(".:")
    return sentence if len(sentence) <= 240 else sentence[:239] + "…"


def _distinct(passages: Sequence[Passage]) -> list[Passage]:
    kept: list[Passage] = []
    for passage in passages:
        result = passage.result
        if not any(
            other.result.path == result.path
            and other.result.start_line <= result.end_line
            and result.start_line <= other.result.end_line
            for other in kept
        ):
            kept.append(passage)
    return kept
