"""Where a setting is given its value: lines that assign to a name, in configuration first.

Files that have the name are found through the index; each line shown assigns to exactly that name in the text.
"""

import re
from collections.abc import Iterator

from assistant.answers.places import CurrentFile, current_file
from assistant.answers.reasons import comment_flags
from assistant.answers.references import Reference
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.languages import LANGUAGES, LanguageKind
from indexer.lexical.terms import TermExpander

_MAX_FILES = 40
_CHUNK_HITS = 400
_LEFT_OUT = Role.VENDORED | Role.GENERATED
_ASIDE = Role.TEST | Role.EXAMPLE | Role.BENCHMARK | Role.DOCS
_SETTING_STEMS = re.compile(
    r"(?:^|[._-])(?:settings?|config(?:uration)?|conf|options?|defaults?|env)(?:[._-]|$)"
)


def assignments(source: Source, name: str, limit: int) -> tuple[Reference, ...]:
    """Return lines that give a name a value: configuration, then files named after settings, then other code."""
    snapshot = source.snapshot
    terms = TermExpander().terms_of(name)
    whole = [term for term in terms if term.startswith("=")] or terms
    if not whole:
        return ()
    hits = snapshot.lexical.search({"text": dict.fromkeys(whole, 1.0)}, _CHUNK_HITS)
    rows = list(dict.fromkeys(snapshot.chunk_files[snapshot.chunk_rows(hits.uids)].tolist()))
    rows = [row for row in rows if not int(snapshot.roles[row]) & _LEFT_OUT.value]
    rows.sort(key=lambda row: _order(source, row))
    found: list[Reference] = []
    for row in rows[:_MAX_FILES]:
        file = current_file(source, snapshot.paths[row])
        if file is not None:
            found += _in_file(file, name)
        if len(found) >= limit:
            break
    return tuple(found[:limit])


def _order(source: Source, row: int) -> tuple[bool, bool, bool]:
    role, path = int(source.snapshot.roles[row]), source.snapshot.paths[row]
    kind = LANGUAGES[source.snapshot.languages[row]].kind
    configures = bool(role & Role.CONFIG.value) or kind is LanguageKind.CONFIG
    return (
        bool(role & _ASIDE.value),
        not configures,
        not _SETTING_STEMS.search(path.rpartition("/")[2].lower()),
    )


def _in_file(file: CurrentFile, name: str) -> Iterator[Reference]:
    """Yield the first assignment in every definition."""
    kind = LANGUAGES[file.language].kind
    written = re.escape(name)
    if kind is LanguageKind.CONFIG:
        pattern = rf"(?<![\w-]){written}[\"']?\s*(?:=(?!=)|:(?!:))"
    else:
        annotated = r"(?::\s*[\w\[\], .|<>?]+?)?"
        pattern = rf"(?<!\w){written}(?:[\"'\]]*\s*{annotated}\s*(?::=|=(?![=>]))|[\"']\s*:(?!:))"
    assigned = re.compile(pattern)
    shown = set()
    in_docstring = comment_flags(file.lines) if file.language == "python" else ()
    for number, line in enumerate(file.lines, 1):
        if not assigned.search(line):
            continue
        if not (in_docstring[number - 1] if in_docstring else comment_flags([line])[0]):
            around = file.enclosing(number)
            if around not in shown:
                shown.add(around)
                yield Reference(file.path, number, around, is_call=False)
