"""Puts a piece of code that is no diff in its place: the definition of the same name, the selection, or the whole file.

The piece and the file are parsed alike, so that a function comes with its decorators and the comment above it. A piece
that would drop members of a class, or half of a file, replaces only what it names, or nothing.
"""

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.recipes.edits import Block
from assistant.recipes.errors import EditError
from assistant.recipes.locating import reindent
from assistant.recipes.rewriting import refuse_elision, same_file
from assistant.recipes.texts import Lines, Splice, spliced
from indexer.chunking import Definition, ParsedSource, parse_source
from indexer.languages import Language

_CONTAINERS = frozenset(
    {
        "class",
        "interface",
        "trait",
        "struct",
        "enum",
        "union",
        "record",
        "object",
        "module",
        "namespace",
        "implementation",
    }
)


_WRAPPED = frozenset({"csharp", "java", "javascript", "kotlin", "php", "scala", "swift", "tsx", "typescript"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A definition with the comments above it: lines ``start`` to ``end``, counted from 0, end exclusive."""

    definition: Definition
    start: int
    end: int

    @property
    def commented(self) -> bool:
        """Whether there is a comment above it."""
        return self.start < self.definition.start_line - 1


def place_block(
    block: Block,
    text: str,
    language: Language,
    path: str,
    span: tuple[int, int] | None,
    *,
    span_is_definition: bool,
) -> str:
    """Return a file's text with a piece of code put in its place.

    :param text: the file as it is.
    :param span: (first, last) line of the target, 1-based; None: the whole file.
    :param span_is_definition: whether the target is a definition rather than lines that the user chose.
    :raises EditError: if the piece has no place, or would drop code.
    """
    if not block.closed:
        raise EditError(
            "the answer was cut off; run the recipe again, on fewer lines or with more max_tokens"
        )
    lines = Lines.of(text)
    code = _without_path_line(list(block.lines), path, lines.texts)
    refuse_elision(code, lines.texts)
    if _is_whole_file(code, lines, language, span):
        return spliced(lines, [Splice(0, len(lines.texts), tuple(code))])
    if span is not None and not span_is_definition:
        return _replace_span(code, lines, language, span)
    return _replace_definitions(code, lines, language, span)


def choose_blocks(blocks: Sequence[Block], path: str, text: str) -> list[Block]:
    """Return the blocks that can be meant for a file: those that name it, else those that name no file.

    A block that only quotes the file, beside one that does not, is left out.
    """
    named = [block for block in blocks if block.path is not None and same_file(block.path, path)]
    chosen = named or [block for block in blocks if block.path is None]
    squeezed = _squeezed(text.split("\n"))
    kept = [block for block in chosen if _squeezed(block.lines) not in squeezed]
    return list(dict.fromkeys(kept or chosen))


def _squeezed(lines: Sequence[str]) -> str:
    return "\n" + "\n".join(line.strip() for line in lines if line.strip()) + "\n"


def _parse(lines: Sequence[str], language: Language) -> ParsedSource:
    return parse_source(("\n".join(lines) + "\n").encode("utf-8", "replace"), language)


def _without_path_line(code: list[str], path: str, texts: Sequence[str]) -> list[str]:
    """Drop a first line that only names the file, and blank lines at both ends."""
    while code and not code[0].strip():
        del code[0]
    while code and not code[-1].strip():
        code.pop()
    name = path.rpartition("/")[2]
    if code and (not texts or code[0].strip() != texts[0].strip()):
        words = code[0].strip().strip("#/*<!->; ").removeprefix("File:").removeprefix("file:").strip()
        if words in (path, name, "./" + path):
            return _without_path_line(code[1:], path, texts)
    return code


def _is_whole_file(code: list[str], lines: Lines, language: Language, span: tuple[int, int] | None) -> bool:
    """Tell whether a piece is the whole file: it keeps the file's first line and every top-level definition."""
    if not lines.texts:
        return True
    old, new = _parse(lines.texts, language), _parse(code, language)
    old_names = [(found.name, found.scope) for found in old.definitions if found.depth == 0]
    new_names = {(found.name, found.scope) for found in new.definitions}
    if not old_names:
        return span is None
    first = next((line.strip() for line in lines.texts if line.strip()), "")
    begins_alike = first in {line.strip() for line in code[:5]}
    all_there = all(name in new_names for name in old_names)
    imports = {found.module for found in old.imports} <= {found.module for found in new.imports}
    return (
        all_there and begins_alike and imports and (len(old_names) > 1 or span is None or bool(old.imports))
    )


def _replace_span(code: list[str], lines: Lines, language: Language, span: tuple[int, int]) -> str:
    """Put a piece in the place of the chosen lines, at their indentation."""
    start, end = span[0] - 1, min(span[1], len(lines.texts))
    inside = _pieces(_parse(lines.texts, language), lines.texts)
    names = {piece.definition.name for piece in _top(_pieces(_parse(code, language), code))}
    wider = [
        piece
        for piece in inside
        if piece.definition.name in names
        and piece.start <= start
        and piece.end >= end
        and piece.end - piece.start > end - start
    ]
    if wider:  # the piece is the whole function around the selection
        piece = min(wider, key=lambda found: found.end - found.start)
        return _replace_definitions(code, lines, language, (piece.start + 1, piece.end))
    quoted = next((line for line in code if line.strip()), "")
    actual = next((line for line in lines.texts[start:end] if line.strip()), "")
    known = {_indent(quoted): _indent(actual)}
    return spliced(lines, [Splice(start, end, tuple(reindent(line, known) for line in code))])


def _replace_definitions(
    code: list[str], lines: Lines, language: Language, span: tuple[int, int] | None
) -> str:
    parsed = _parse(code, language)
    given = _top(_pieces(parsed, code)) or _members(code, language)
    if not given:
        raise EditError(
            "the code of the answer defines nothing that the file defines; select the lines to replace"
        )
    existing = _pieces(_parse(lines.texts, language), lines.texts)
    _refuse_loose_code(parsed, given, code, lines)
    splices = _splices(given, existing, code, lines, span)
    if not splices:
        names = ", ".join(piece.definition.name for piece in given[:3])
        raise EditError(
            f"the file does not define {names}; select the lines to replace, as in FILE:START-END"
        )
    splices += _new_imports(parsed, code, given[0].start, lines, language)
    splices.sort(key=lambda splice: splice.start)
    return spliced(lines, splices)


def _members(code: list[str], language: Language) -> list[_Piece]:
    """Read code as members of a class, for languages in which a method is no code by itself."""
    if language.name not in _WRAPPED:
        return []
    wrapped = ["<?php"] * (language.name == "php") + ["class Wrapped {", *code, "}"]
    above = len(wrapped) - len(code) - 1
    pieces = _pieces(_parse(wrapped, language), wrapped)
    return [
        _Piece(_moved(piece.definition, -above), piece.start - above, piece.end - above)
        for piece in pieces
        if piece.definition.scope == "Wrapped"
    ]


def _moved(definition: Definition, lines: int) -> Definition:
    return definition._replace(
        scope="",
        start_line=definition.start_line + lines,
        end_line=definition.end_line + lines,
        name_line=definition.name_line + lines,
    )


def _refuse_loose_code(parsed: ParsedSource, given: list[_Piece], code: list[str], lines: Lines) -> None:
    """Make sure that nothing is dropped: all code is in a definition, or above the first one and in the file already.

    :raises EditError: naming a line that is not.
    """
    imports = {found.line - 1 for found in parsed.imports}
    known = {line.strip() for line in lines.texts}
    for number, line in enumerate(code):
        inside = any(piece.start <= number < piece.end for piece in given)
        above = number < given[0].start and (number in imports or line.strip() in known)
        if not inside and not above and line.strip():
            raise EditError(
                f'the answer has code that belongs to no definition ("{line.strip()[:60]}"); '
                "select the lines to replace, as in FILE:START-END"
            )


def _splices(
    given: list[_Piece], existing: list[_Piece], code: list[str], lines: Lines, span: tuple[int, int] | None
) -> list[Splice]:
    """Pair the definitions of the piece with those of the file; new ones stay beside the only one that is paired."""
    pairs = [(piece, _partner(piece, existing, span)) for piece in given]
    paired = [(piece, partner) for piece, partner in pairs if partner is not None]
    if len(paired) == 1 and len(given) > 1:
        (_, partner), first, last = paired[0], given[0], given[-1]
        return [_replacement(code[first.start : last.end], partner, lines, commented=first.commented)]
    if len(paired) != len(given):
        return []
    splices = []
    for piece, partner in paired:
        _refuse_lost_members(piece, partner, code, existing)
        splices.append(_replacement(code[piece.start : piece.end], partner, lines, commented=piece.commented))
    return splices


def _refuse_lost_members(piece: _Piece, partner: _Piece, code: list[str], existing: list[_Piece]) -> None:
    """Make sure that no member of a class goes.

    :raises EditError: if one would.
    """
    if partner.definition.kind not in _CONTAINERS:
        return
    body = "\n".join(code[piece.start : piece.end])
    lost = [
        other.definition.name
        for other in existing
        if partner.start <= other.start and other.end <= partner.end and other is not partner
        if not re.search(rf"(?<!\w){re.escape(other.definition.name)}(?!\w)", body)
    ]
    if lost:
        raise EditError(
            f"the answer leaves out {', '.join(lost[:3])} of {partner.definition.name}; "
            "run the recipe on the method that is meant, as in FILE:LINE"
        )


def _partner(piece: _Piece, existing: list[_Piece], span: tuple[int, int] | None) -> _Piece | None:
    """Return the definition of the file that a piece stands for.

    :raises EditError: if there are several and the target does not tell which.
    """
    name, scope = piece.definition.name, piece.definition.scope
    same = [other for other in existing if other.definition.name == name]
    if scope:
        same = [other for other in same if other.definition.scope == scope] or same
    if len(same) > 1 and span is not None:
        same = [other for other in same if other.start < span[1] and other.end >= span[0]] or same
        exact = [other for other in same if span[0] - 1 <= other.definition.start_line - 1 < span[1]]
        same = exact if len(exact) == 1 else same
    if len(same) > 1:
        places = ", ".join(str(other.definition.start_line) for other in same[:5])
        raise EditError(
            f"the file defines {name} {len(same)} times (lines {places}); name the line that is meant"
        )
    return same[0] if same else None


def _replacement(code: list[str], partner: _Piece, lines: Lines, *, commented: bool) -> Splice:
    """Put a definition in the place of another; comments above are replaced only by comments."""
    start = partner.start
    if not commented:
        start = partner.definition.start_line - 1
    quoted = next((line for line in code if line.strip()), "")
    actual = next((line for line in lines.texts[start : partner.end] if line.strip()), "")
    known = {_indent(quoted): _indent(actual)}
    return Splice(start, partner.end, tuple(reindent(line, known) for line in code))


def _new_imports(
    parsed: ParsedSource, code: list[str], first: int, lines: Lines, language: Language
) -> list[Splice]:
    """Add the imports that come before the definitions and that the file does not have, below its last import."""
    known = {line.strip() for line in lines.texts}
    numbers = sorted({found.line - 1 for found in parsed.imports if found.line - 1 < first})
    wanted = [code[number] for number in numbers if code[number].strip() not in known]
    if not wanted:
        return []
    if any(_indent(line) or line.rstrip().endswith(("(", "{", ",", "\\")) for line in wanted):
        raise EditError("the answer changes imports over several lines; ask for a diff")
    present = _parse(lines.texts, language).imports
    if not present:
        raise EditError("the answer needs new imports and the file has none; ask for a diff")
    at = max(found.line for found in present)
    while at < len(lines.texts) and lines.texts[at - 1].rstrip().endswith(("(", "{", ",", "\\")):
        at += 1
    return [Splice(at, at, tuple(wanted))]


def _pieces(parsed: ParsedSource, texts: Sequence[str]) -> list[_Piece]:
    """Return definitions with the comment lines right above them."""
    comments = _comment_lines(parsed, texts)
    pieces = []
    for found in parsed.definitions:
        start = found.start_line - 1
        while start > 0 and start - 1 in comments:
            start -= 1
        pieces.append(_Piece(found, start, _end_of(found, texts, comments)))
    return pieces


def _end_of(found: Definition, texts: Sequence[str], comments: set[int]) -> int:
    """Return the end of a definition with the comments that close its body: a parser may leave them out."""
    end, outer = found.end_line, len(_indent(texts[found.start_line - 1]))
    while end in comments and len(_indent(texts[end])) > outer:
        end += 1
    return end


def _comment_lines(parsed: ParsedSource, texts: Sequence[str]) -> set[int]:
    """Return the numbers, from 0, of lines that hold nothing but a comment."""
    starts, raw = [0], [text.encode("utf-8", "replace") for text in texts]
    for line in raw:
        starts.append(starts[-1] + len(line) + 1)
    numbers: set[int] = set()
    for start, end in parsed.comments:
        first = bisect.bisect_right(starts, start) - 1
        last = bisect.bisect_left(starts, end) - 1
        if first < len(raw) and not raw[first][: start - starts[first]].strip():
            numbers.update(range(first, last + 1))
    return numbers


def _top(pieces: list[_Piece]) -> list[_Piece]:
    """Return the outermost definitions: those that lie in no other."""
    top: list[_Piece] = []
    for piece in pieces:
        if not top or piece.definition.start_byte >= top[-1].definition.end_byte:
            top.append(piece)
    return top


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
