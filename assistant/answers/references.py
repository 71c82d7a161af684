"""Who uses a definition: references to its name elsewhere, with the definition that each stands in.

Names are matched, not resolved. A name that says little by itself (``parse``) only counts where the file also names
what it belongs to: its type, its module or its folder; a telling one that several types define does not count where the
file names another of them. So a reference that is shown is very likely one; that none is found proves nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from assistant.answers.places import CurrentFile, Place, current_file
from assistant.answers.reasons import comment_flags
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.lexical.stems import telling_stem
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import WORD, split_word

_MAX_FILES = 40
"""Files read at most: together about 20 ms when the system has them in memory."""
_CHUNK_HITS = 600
_ENOUGH = 4
"""So many times the wanted number is collected, to choose from."""
_LEFT_OUT = Role.VENDORED | Role.GENERATED
_ASIDE = Role.EXAMPLE | Role.BENCHMARK | Role.COMPAT | Role.DOCS
_PROSE = frozenset({"text", "markdown", "rst", "html", "json", "yaml", "toml"})
_IMPORT = re.compile(
    r"\s*(?:from\s+\S+\s+import\b|import\b|use\s|using\s|#\s*include\b|require\b|package\b|namespace\b"
    r"|export\s*(?:\*|\{)|alias\s|mod\s+\w+;|\w+\s*=\s*require\b|const\s.*=\s*require\b)"
)
_TYPES = frozenset(
    "class interface struct enum trait type record object module namespace union implementation".split()
)
_ABSTRACT = frozenset({"interface", "trait", "protocol"})
"""What is called through one of these may be any of what implements it."""
_BEFORE_CALLS = frozenset(
    "return new throw raise await yield else case do in is if unless while until not and or assert go defer delete"
    " typeof void echo print then when try match default of from co_await co_return co_yield spawn move".split()
)
"""Words that stand before a call; any other word there makes it a declaration: ``boolean process(``."""
_OWN = re.compile(r"(?:\b(?:self|this|super(?:\([^()]*\))?)\s*(?:\.|->|::|\?\.)\s*|@)$")
_WORD_BEFORE = re.compile(r"(\w+)(?:\[\])?\s+$")
_RECEIVER = re.compile(r"(\w+)(?:\(\))?\s*(?:\.|->|::)\s*$")
_OTHERS = re.compile(r"(?:\.|->|::)\s*$")
_IMPLICIT_SELF = frozenset({"java", "kotlin", "csharp", "cpp", "scala", "swift"})
"""Languages in which a method calls another of its object by the bare name."""
_NO_BLOCK_COMMENTS = frozenset({"python", "ruby", "bash", "elixir", "haskell", "lua", "html"})
_NO_PARENTHESES = frozenset({"ruby", "elixir", "haskell", "bash", "lua", "scala", "css", "html", "sql"})
"""Languages in which a call need not have parentheses."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One place that uses a definition; ``caller`` is the definition around it, None at top level."""

    path: str
    line: int
    caller: Place | None
    is_call: bool
    """Whether it looks like a call or an instantiation."""


@dataclass(frozen=True, slots=True)
class References:
    """References found: calls before other uses, then the nearest first, one a calling definition."""

    uses: tuple[Reference, ...]
    tests: tuple[Reference, ...]
    """References in tests."""
    complete: bool
    """Whether every file that may hold one was read."""


def callers(source: Source, path: str, definition: Place, limit: int) -> References:
    """Find references to a definition outside of it, in code: comments and imports do not count.

    :param path: the definition's file.
    :param limit: of uses, and of tests.
    """
    wanted = _Wanted.of(source, path, definition)
    files, complete = _candidates(source, path, definition.name)
    uses: list[Reference] = []
    tests: list[Reference] = []
    for row in files:
        is_test = bool(int(source.snapshot.roles[row]) & Role.TEST.value)
        if len(tests if is_test else uses) >= _ENOUGH * limit:
            continue
        for found in _in_file(source, source.snapshot.paths[row], wanted):
            (tests if is_test or _in_test(found.caller) else uses).append(found)
    return References(_calls_first(uses)[:limit], _calls_first(tests)[:limit], complete)


def _in_test(caller: Place | None) -> bool:
    """Tell a test that stands in the file that it tests, as is usual in Rust."""
    names = caller.qualified_name.lower().split(".") if caller else ()
    return any(name in ("test", "tests") or name.startswith("test_") for name in names)


def _calls_first(found: Sequence[Reference]) -> tuple[Reference, ...]:
    return tuple(sorted(found, key=lambda item: (not item.is_call, item.caller is None)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a reference looks like, and what its file must name besides."""

    path: str
    definition: Place
    call: re.Pattern[str]
    context: tuple[str, ...]
    """The file must have one of these words; empty if the name is telling enough."""
    rivals: tuple[str, ...]
    """A file with one of these, and none of the context, means another; empty: only the context counts."""

    @classmethod
    def of(cls, source: Source, path: str, definition: Place) -> "_Wanted":
        call = re.compile(rf"{re.escape(definition.name)}\s*(?:::|[(<{{!`])")
        telling = len(split_word(definition.name)) > 1 or definition.kind in _TYPES
        others = [
            row
            for row in source.snapshot.definition_rows_named(definition.name).tolist()
            if source.snapshot.definitions.strings["kind"][row] not in ("section", "import", "declaration")
        ]
        if telling and len(others) <= 1:
            return cls(path, definition, call, (), ())
        rivals = _rivals(source, others, definition) if telling and definition.scope else ()
        return cls(path, definition, call, _context(path, definition), rivals)


def _context(path: str, definition: Place) -> tuple[str, ...]:
    """Return words of which a file must have one for a reference to be believed."""
    owner = definition.scope.rsplit(".", 1)[-1]
    pure = PurePosixPath(path)
    stem = pure.parent.name if pure.stem in ("__init__", "index", "mod", "lib", "main") else pure.stem
    return tuple(name for name in ((owner,) if owner else (stem, pure.parent.name)) if name)


def _rivals(source: Source, rows: Sequence[int], definition: Place) -> tuple[str, ...]:
    """Return the other types that define a name; none if it is also defined outside of types."""
    scopes = {source.snapshot.definitions.strings["scope"][row].rpartition(".")[2] for row in rows}
    if "" in scopes:
        return ()
    rivals = scopes - {definition.scope.rpartition(".")[2]}
    return tuple(sorted(name for name in rivals if not _is_abstract(source, name)))


def _is_abstract(source: Source, name: str) -> bool:
    kinds = source.snapshot.definitions.strings["kind"]
    return any(kinds[row] in _ABSTRACT for row in source.snapshot.definition_rows_named(name).tolist())


def _candidates(source: Source, path: str, name: str) -> tuple[list[int], bool]:
    """Return the files that may refer to a name, likeliest first, and whether these are all."""
    snapshot = source.snapshot
    rows, all_found = files_naming(source, name)
    roles = snapshot.roles
    languages = snapshot.languages
    rows = [row for row in rows if not int(roles[row]) & _LEFT_OUT.value and languages[row] not in _PROSE]
    own = snapshot.file_row(path)
    rank = {row: position for position, row in enumerate(rows)}
    folder = path.rpartition("/")[0]
    stem = telling_stem(path).lower()
    module = re.compile(rf"(?<![^\W_]){re.escape(stem)}(?![^\W_])", re.IGNORECASE)

    def order(row: int) -> tuple[bool, bool, bool, int]:
        """Sort a test by whether it is named after the file, other code by whether it imports it or lies beside it."""
        other, role = snapshot.paths[row], int(roles[row])
        if role & Role.TEST.value:
            near = stem in other.rpartition("/")[2].lower()
        else:
            near = other.rpartition("/")[0] == folder or any(
                map(module.search, snapshot.modules_imported_by(row))
            )
        return row == own, bool(role & _ASIDE.value), not near, rank[row]

    code = sorted((row for row in rows if not int(roles[row]) & Role.TEST.value), key=order)
    tests = sorted((row for row in rows if int(roles[row]) & Role.TEST.value), key=order)
    chosen = _shares(code, tests)
    return chosen, len(chosen) == len(rows) and all_found


def files_naming(source: Source, name: str) -> tuple[list[int], bool]:
    """Return the files in which a name stands, those first that have it most, and whether these are all.

    The graph knows every code file that has a telling name; others are found by their terms, as far as those go.
    """
    snapshot = source.snapshot
    name = (WORD.findall(name) or [""])[-1]
    terms = TermExpander().terms_of(name)
    whole = [term for term in terms if term.startswith("=")] or terms
    if not whole:
        return [], False
    hits = snapshot.lexical.search({"text": dict.fromkeys(whole, 1.0)}, _CHUNK_HITS)
    rows = list(dict.fromkeys(snapshot.chunk_files[snapshot.chunk_rows(hits.uids)].tolist()))
    mentioning = snapshot.files_mentioning(name)
    if mentioning is None:
        return rows, len(hits.uids) < _CHUNK_HITS
    known = set(mentioning.tolist())
    return [*(row for row in rows if row in known), *sorted(known.difference(rows))], True


def _shares(code: list[int], tests: list[int]) -> list[int]:
    """Give tests a quarter of the files to read, more where the rest needs less."""
    count = max(_MAX_FILES // 4, _MAX_FILES - len(code))
    return code[: _MAX_FILES - min(count, len(tests))] + tests[:count]


def _in_file(source: Source, path: str, wanted: _Wanted) -> Iterator[Reference]:
    """Yield the references of a file, calls if there are any, one a calling definition."""
    read = source.texts.read(path)
    if read is None:
        return
    text = read.text.decode("utf-8", "replace")
    starts = word_starts(text, wanted.definition.name)
    if not starts or (path != wanted.path and not _believed(text, wanted)):
        return
    file = current_file(source, path)
    if file is None:
        return
    callers: set[Place | None] = set()
    for line in _code_lines(text, starts, file, wanted):
        caller = file.enclosing(line)
        written = file.lines[line - 1]
        is_call = bool(wanted.call.search(written))
        if is_call and (_calls_own(written, wanted, caller, file) or _calls_a_rival(written, wanted)):
            continue
        if caller is None and path == wanted.path and not (is_call and written[:1].isspace()):
            continue  # an export, or an example in documentation; an indented call is in a function, known or not
        if caller not in callers:
            callers.add(caller)
            yield Reference(path, line, caller, is_call)


def _believed(text: str, wanted: _Wanted) -> bool:
    if not wanted.context or any(word_starts(text, word) for word in wanted.context):
        return True
    return bool(wanted.rivals) and not any(word_starts(text, word) for word in wanted.rivals)


def _calls_own(written: str, wanted: _Wanted, caller: Place | None, file: CurrentFile) -> bool:
    """Tell whether a line calls what the type around it defines under the same name: ``self.parse()``."""
    own = wanted.definition
    if caller is None or not caller.scope or caller.scope == own.scope or not own.scope:
        return False
    if not any(place.name == own.name and place.scope == caller.scope for place in file.definitions):
        return False
    for match in wanted.call.finditer(written):
        before = written[: match.start()]
        if not (_OWN.search(before) or (file.language in _IMPLICIT_SELF and not _OTHERS.search(before))):
            return False
    return True


def _calls_a_rival(written: str, wanted: _Wanted) -> bool:
    """Tell whether every call of a line is made on what is named after another type: ``revision_map.get()``."""
    rivals = {rival.lower() for rival in wanted.rivals}
    receivers = [_RECEIVER.search(written[: match.start()]) for match in wanted.call.finditer(written)]
    return bool(receivers) and all(
        receiver is not None and receiver[1].replace("_", "").lower() in rivals for receiver in receivers
    )


def word_starts(text: str, word: str) -> list[int]:
    """Return where a word stands whole; a regular expression with a look-behind takes ten times as long."""
    starts = []
    position = text.find(word)
    while position >= 0:
        end = position + len(word)
        if not _is_word(text[position - 1 : position]) and not _is_word(text[end : end + 1]):
            starts.append(position)
        position = text.find(word, end)
    return starts


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _code_lines(text: str, starts: Sequence[int], file: CurrentFile, wanted: _Wanted) -> list[int]:
    """Return the lines of the given characters that are code outside the definition; calls only, of functions."""
    own, lines = wanted.definition, file.lines
    named = {place.name_line for place in file.definitions if place.name == own.name}
    numbers, line, position = [], 1, 0
    commented = set()
    for start in starts:
        line += text.count("\n", position, start)
        position = start
        numbers.append(line)
        if file.language not in _NO_BLOCK_COMMENTS and _in_block_comment(text, start):
            commented.add(line)
    in_docstring = comment_flags(lines) if file.language == "python" else ()
    kept = [
        number
        for number in dict.fromkeys(numbers)
        if number not in named
        and number <= len(lines)
        and not (in_docstring[number - 1] if in_docstring else comment_flags([lines[number - 1]])[0])
        and number not in commented
        and not (file.path == wanted.path and own.start_line <= number <= own.end_line)
        and not _IMPORT.match(lines[number - 1])
        and lines[number - 1].strip(" \t\"',[]{};")
        != own.name  # a list of imports or exports; `name();` is a call
    ]
    if own.kind in _TYPES or file.language in _NO_PARENTHESES:
        return kept
    return [number for number in kept if _has_call(lines[number - 1], wanted)]


def _in_block_comment(text: str, position: int) -> bool:
    """Tell whether a place lies in a ``/* comment */`` that begins a line, however its own line begins."""
    opened = text.rfind("/*", 0, position)
    if opened < 0 or text.rfind("*/", opened + 2, position) >= 0:
        return False
    return not text[text.rfind("\n", 0, opened) + 1 : opened].strip()


def _has_call(line: str, wanted: _Wanted) -> bool:
    """Tell whether a line calls; ``boolean process(Token t) {`` declares another of the name."""
    for match in wanted.call.finditer(line):
        before = line[: match.start()]
        if not _is_word(before[-1:]):
            word = _WORD_BEFORE.search(before)
            if word is None or word[1] in _BEFORE_CALLS:
                return True
    return False
