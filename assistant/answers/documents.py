"""What a repository's documents say: the opening of a README, its sections by heading, the licence.

Only English headings are known. Everything returned is a range of real lines.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from assistant.answers.places import CurrentFile, Place, current_file
from assistant.retrieval.search import Source

_README = re.compile(r"readme(?:\.(?:md|markdown|mdx|rst|txt|adoc|org|rdoc))?", re.IGNORECASE)
_CONTRIBUTING = re.compile(r"(?:contributing|hacking|development|developing)(?:\.\w+)?", re.IGNORECASE)
_LICENSE = re.compile(r"(?:licen[sc]e|copying|unlicense)(?:[.-].*)?", re.IGNORECASE)
_ARCHITECTURE = re.compile(r"(?:architecture|design|structure)(?:\.\w+)?", re.IGNORECASE)

_NO_PROSE = re.compile(
    r"\s*(?:$|#|=+\s*$|-+\s*$|~+\s*$|\[!\[|!\[|<|\.\.\s|:[\w-]+:|\||```|~~~|\[[^\]]+\]:|>|\{|&\w+;|.*</?[a-z]+)"
)
_ASIDE = re.compile(
    r"\W*(?:(?:please\s+)?note|nb|warning|important|caution|attention|tip|version|status|notice|disclaimer|last updated"
    r"|latest (?:release|version))\b\W*[:*]|\W*this (?:read-?me|document|file|page)\b",
    re.IGNORECASE,
)
"""How a paragraph begins that says something beside the matter: on a version, a branch, the document itself."""
_DEFINES = re.compile(r"\W*[\w.-]+(?:\W+[\w.-]+){0,3}?\s+is\s+(?:an?|the)\s")
_BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_EARLY = 60
"""A README's prose further down than this line introduces a detail."""
_LINK_ONLY = re.compile(r"\s*(?:[-*+]\s+)?(?:\[[^\]]*\]\([^)]*\)\W*)+$")
_CODE = re.compile(r"\s*(?:\$ |> |%\s)|\t| {4}")
_FENCE = re.compile(r"\s*(?:```|~~~)")

LICENSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Apache-2.0", r"apache license,?\s+version 2\.0"),
        ("MIT", r"permission is hereby granted, free of charge|\bmit license\b"),
        ("AGPL-3.0", r"gnu affero general public license\s+version 3"),
        ("LGPL", r"gnu (?:lesser|library) general public license"),
        ("GPL-3.0", r"gnu general public license\s+version 3"),
        ("GPL-2.0", r"gnu general public license\s+version 2"),
        ("MPL-2.0", r"mozilla public license,?\s+(?:version|v\.)\s*2\.0"),
        ("EPL-2.0", r"eclipse public license - v(?:ersion)?\s*2\.0"),
        ("BSD-3-Clause", r"neither the name of[\s\S]+(?:endorse|promote)"),
        ("BSD-2-Clause", r"redistributions in binary form must reproduce"),
        ("ISC", r"permission to use, copy, modify, and(?:/or)? distribute this software for any"),
        ("Unlicense", r"this is free and unencumbered software"),
        ("BSL-1.0", r"boost software license"),
    )
)


def shallow(paths: Iterable[str], pattern: re.Pattern[str], depth: int = 1) -> list[str]:
    """Return the files with a fitting name, the shallowest first, at most so many folders down."""
    found = [
        path for path in paths if path.count("/") <= depth and pattern.fullmatch(PurePosixPath(path).name)
    ]
    return sorted(found, key=lambda path: (path.count("/"), len(path), path))


def readme(source: Source) -> CurrentFile | None:
    """Return the repository's README: the shallowest, and of these the shortest name (no translation)."""
    return _first(source, _README)


def contributing(source: Source) -> CurrentFile | None:
    """Return the document for contributors, also from ``.github`` or ``docs``."""
    return _first(source, _CONTRIBUTING)


def architecture(source: Source) -> CurrentFile | None:
    """Return the document about the structure."""
    return _first(source, _ARCHITECTURE)


def license_file(source: Source) -> CurrentFile | None:
    """Return the licence."""
    return _first(source, _LICENSE)


def _first(source: Source, pattern: re.Pattern[str]) -> CurrentFile | None:
    for path in shallow(source.snapshot.paths, pattern)[:3]:
        file = current_file(source, path)
        if file is not None and any(line.strip() for line in file.lines):
            return file
    return None


def license_name(lines: Sequence[str]) -> str:
    """Return the SPDX identifier of a licence's text; empty if it is none of the common ones."""
    text = " ".join(" ".join(lines[:200]).split())
    return next((name for name, pattern in LICENSES if pattern.search(text)), "")


def sections(file: CurrentFile, heading: re.Pattern[str]) -> list[Place]:
    """Return the sections whose heading fits, in order; a section within one that fits already is left out."""
    fitting = [place for place in file.definitions if place.kind == "section" and heading.search(place.name)]
    chosen: list[Place] = []
    for place in fitting:
        if not any(other.start_line <= place.start_line <= other.end_line for other in chosen):
            chosen.append(place)
    return chosen


def opening(file: CurrentFile, most: int = 4) -> list[int]:
    """Return the lines of the first paragraph of prose: after titles, badges, images and lists of links.

    A paragraph that only leads to an example ("To get a page:"), or that speaks of the branch or of the document
    itself, does not count; the first list stands in for it.
    """
    paragraphs = [
        numbers for numbers in _paragraphs(file.lines[:200]) if len(file.lines[numbers[0] - 1].split()) > 2
    ]
    prose = [numbers for numbers in paragraphs if not _BULLET.match(file.lines[numbers[0] - 1])]
    telling = [
        numbers
        for numbers in prose
        if (
            not file.lines[numbers[-1] - 1].rstrip().endswith(":")
            or _DEFINES.match(file.lines[numbers[0] - 1])
        )
        and not _ASIDE.match(file.lines[numbers[0] - 1])
    ]
    early = [numbers for numbers in telling if numbers[0] <= _EARLY]
    lists = [numbers for numbers in paragraphs if numbers not in prose]
    for choice in (early, lists, telling, paragraphs):
        if choice:
            return choice[0][:most]
    return []


def _paragraphs(lines: Sequence[str]) -> list[list[int]]:
    """Return the line numbers of paragraphs and lists, outside of code, tables, directives and headings."""
    found: list[list[int]] = [[]]
    fenced = directive = False
    for number, line in enumerate(lines, 1):
        if _FENCE.match(line):
            fenced = not fenced
        directive = line.startswith("..") or (directive and (line[:1] in (" ", "\t") or not line.strip()))
        underlined = number < len(lines) and re.fullmatch(r"(?:=|-|~){3,}\s*", lines[number])
        if fenced or directive or underlined or _NO_PROSE.match(line) or _LINK_ONLY.match(line):
            found.append([])
        else:
            found[-1].append(number)
    return [numbers for numbers in found if numbers]


def commands(file: CurrentFile, place: Place) -> list[int]:
    """Return the lines of code in a section: fenced, indented, or after a prompt."""
    numbers: list[int] = []
    fenced = False
    for number in range(place.start_line + 1, min(place.end_line, len(file.lines)) + 1):
        line = file.lines[number - 1]
        if _FENCE.match(line):
            fenced = not fenced
        elif line.strip() and (
            fenced or (_CODE.match(line) and not line.strip().startswith((":", "-", "*")))
        ):
            numbers.append(number)
    return numbers


def beginning(file: CurrentFile, place: Place, most: int) -> list[int]:
    """Return a section's heading, its first command and, if there is none, its first lines with text."""
    code = commands(file, place)[: most - 1]
    if code:
        return [place.name_line, *code]
    body = range(place.name_line + 1, min(place.end_line, len(file.lines)) + 1)
    text = [n for n in body if file.lines[n - 1].strip() and not re.fullmatch(r"\W+", file.lines[n - 1])]
    return [place.name_line, *text[: most - 1]]
