"""Adds tests to a test file: after what is there, never in its place.

A class of the same name gets its new members, a file that is one class gets them inside, everything else comes at the
end. New imports join those that are there. The result must hold every line of the file as it was.
"""

import re
from collections import Counter
from collections.abc import Sequence

from assistant.recipes.blocks import choose_blocks
from assistant.recipes.changes import Checked, EditTask, check, refuse_removals
from assistant.recipes.edits import Block, parse_answer
from assistant.recipes.errors import EditError
from assistant.recipes.locating import reindent
from assistant.recipes.patches import FileChange
from assistant.recipes.rewriting import apply_hunks, edits_for, refuse_elision
from assistant.recipes.texts import Lines, Splice, spliced
from indexer.chunking import Definition, ParsedSource, parse_source
from indexer.languages import Language

_CLASSES = frozenset({"class", "module", "struct", "object"})
_IN_CLASS = frozenset({"java", "kotlin", "csharp", "php", "swift", "scala"})
"""Languages whose tests are members of the file's class."""
_CALLABLE = frozenset({"function", "method", "constructor"})


def new_test_file(answer: str, path: str, placeholders: frozenset[str] = frozenset()) -> Checked:
    """Make a new file from an answer.

    :raises EditError: if the answer holds none, or one that does not parse.
    """
    task = EditTask(path, "", placeholders=placeholders)
    proposal = parse_answer(answer)
    hunks, _ = edits_for(proposal, path)
    if hunks:
        text = apply_hunks("", hunks)
    else:
        blocks = choose_blocks(proposal.blocks, path, "")
        blocks = [max(blocks, key=lambda block: len(block.lines))] if blocks else []
        if not blocks:
            raise EditError("the answer holds no tests")
        if not blocks[0].closed:
            raise EditError(
                "the answer was cut off; run the recipe again, on fewer lines or with more max_tokens"
            )
        refuse_elision(blocks[0].lines, ())
        text = "\n".join(_trimmed(blocks[0].lines)) + "\n"
    if not text.strip():
        raise EditError("the answer holds no tests")
    check(task, text)
    return Checked(FileChange(path, None, text))


def added_tests(answer: str, task: EditTask) -> Checked:
    """Add the tests of an answer to an existing file.

    :param task: the test file as it is.
    :raises EditError: if there are none, they are there already, or they would change what is there.
    """
    proposal = parse_answer(answer)
    hunks, others = edits_for(proposal, task.path)
    if hunks:
        new = apply_hunks(task.text, hunks, task.span)
    else:
        blocks = choose_blocks(proposal.blocks, task.path, task.text)
        if not blocks:
            raise EditError("the answer holds no tests")
        new = task.text
        for block in blocks:
            new = _with_block(block, new, task.language)
    if new == task.text:
        raise EditError("the answer adds nothing")
    change = FileChange(task.path, task.text, new)
    refuse_removals(change, task.language)
    _refuse_doubles(change, task.language)
    check(task, new)
    notes = [f"the answer also changes {', '.join(others)}; that is left out"] if others else []
    return Checked(change, tuple(notes))


def _with_block(block: Block, text: str, language: Language) -> str:
    if not block.closed:
        raise EditError(
            "the answer was cut off; run the recipe again, on fewer lines or with more max_tokens"
        )
    lines = Lines.of(text)
    refuse_elision(block.lines, lines.texts)
    code = _trimmed(block.lines)
    if _holds_all(code, lines.texts):
        return spliced(lines, [Splice(0, len(lines.texts), tuple(code))])
    parsed, existing = _parse(code, language), _parse(lines.texts, language)
    first = _first_body_line(parsed, code)
    splices = _import_splices(parsed, code, first, existing, lines)
    splices += _body_splices(_trimmed(code[first:]), existing, lines, language)
    return spliced(lines, sorted(splices, key=lambda splice: splice.start))


def _trimmed(code: Sequence[str]) -> list[str]:
    kept = list(code)
    while kept and not kept[0].strip():
        del kept[0]
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _holds_all(code: Sequence[str], texts: Sequence[str]) -> bool:
    """Tell whether a piece is the whole file with additions: it has every line of it in order."""
    wanted = iter([line.rstrip() for line in code])
    return bool(texts) and all(
        any(line.rstrip() == other for other in wanted) for line in texts if line.strip()
    )


def _parse(lines: Sequence[str], language: Language) -> ParsedSource:
    return parse_source(("\n".join(lines) + "\n").encode("utf-8", "replace"), language)


def _first_body_line(parsed: ParsedSource, code: Sequence[str]) -> int:
    """Return the number, from 0, of the first line after the imports at the top."""
    last = 0
    starts = {found.start_line for found in parsed.definitions}
    for found in parsed.imports:
        if not starts or found.line < min(starts):
            last = max(last, found.line)
    while last and last < len(code) and code[last - 1].rstrip().endswith(("(", "{", ",", "\\")):
        last += 1
    return last


def _import_splices(
    parsed: ParsedSource, code: Sequence[str], first: int, existing: ParsedSource, lines: Lines
) -> list[Splice]:
    """Put imports that the file does not have below those that it has."""
    known = {line.strip() for line in lines.texts}
    numbers = {found.line - 1 for found in parsed.imports if found.line <= first}
    wanted = [code[number] for number in sorted(numbers) if code[number].strip() not in known]
    if not wanted:
        return []
    at = max((found.line for found in existing.imports), default=0)
    while at and at < len(lines.texts) and lines.texts[at - 1].rstrip().endswith(("(", "{", ",", "\\")):
        at += 1
    if any(line.rstrip().endswith(("(", "{", ",", "\\")) for line in wanted):
        raise EditError("the answer adds imports over several lines; run the recipe again")
    return [Splice(at, at, tuple(wanted if at else [*wanted, ""]))]


def _body_splices(body: list[str], existing: ParsedSource, lines: Lines, language: Language) -> list[Splice]:
    if not body:
        return []
    given = _parse(body, language)
    outer = [found for found in existing.definitions if found.depth == 0 and found.kind in _CLASSES]
    wrapper = next(
        (found for found in given.definitions if found.depth == 0 and found.kind in _CLASSES), None
    )
    if wrapper is not None:
        same = [found for found in outer if found.name == wrapper.name]
        if same:
            return [_members(body, given, wrapper, existing, same[0], lines)]
        return [_at_end(body, lines, language)]
    if language.name == "rust" and (tests := _named(existing, "tests")):
        return [_inside(body, tests, lines)]
    if language.name in _IN_CLASS and outer:
        return [_inside(body, outer[-1], lines)]
    if language.name == "elixir" and outer and not body[0].startswith("defmodule"):
        return [_inside(body, outer[-1], lines)]
    if language.name == "rust":
        body = ["#[cfg(test)]", "mod tests {", "    use super::*;", "", *_shifted(body, "    "), "}"]
    return [_at_end(body, lines, language)]


def _named(parsed: ParsedSource, name: str) -> Definition | None:
    return next(
        (found for found in parsed.definitions if found.name == name and found.kind == "module"), None
    )


def _shifted(body: Sequence[str], indent: str) -> list[str]:
    return [indent + line if line.strip() else line for line in body]


def _members(
    body: Sequence[str],
    given: ParsedSource,
    wrapper: Definition,
    existing: ParsedSource,
    owner: Definition,
    lines: Lines,
) -> Splice:
    """Take the members of a class that the file's class of that name does not have."""
    there = {
        found.name for found in existing.definitions if owner.start_line < found.start_line <= owner.end_line
    }
    code: list[str] = []
    inner = [
        found
        for found in given.definitions
        if found.depth == wrapper.depth + 1 and found.scope.split(".")[-1] == wrapper.name
    ]
    for found in inner:
        if found.name not in there:
            code += ["", *body[found.start_line - 1 : found.end_line]]
    if not code:
        raise EditError(
            f"the tests of the answer are all in {owner.name} already, or cannot be told apart; run it again"
        )
    return _inside(code[1:], owner, lines)


def _inside(body: Sequence[str], owner: Definition, lines: Lines) -> Splice:
    """Put code at the end of a class, before the line that closes it."""
    closing = lines.texts[owner.end_line - 1].strip()
    closes = closing in ("}", "};", "end") or bool(re.fullmatch(r"[})\];\s]+", closing))
    at = owner.end_line - 1 if closes else owner.end_line
    outer = _indent(lines.texts[owner.name_line - 1])
    inside = [
        line for line in lines.texts[owner.name_line : at] if len(_indent(line)) > len(outer) and line.strip()
    ]
    first = next((line for line in body if line.strip()), "")
    wanted = min(map(_indent, inside), key=len) if inside else outer + "    "
    moved = [reindent(line, {_indent(first): wanted}) for line in body]
    blank = [] if at and not lines.texts[at - 1].strip() else [""]
    return Splice(at, at, tuple([*blank, *moved]))


def _at_end(body: Sequence[str], lines: Lines, language: Language) -> Splice:
    at = len(lines.texts)
    blanks = 0
    while at > blanks and not lines.texts[at - 1 - blanks].strip():
        blanks += 1
    wanted = 2 if language.name == "python" else 1
    return Splice(at, at, tuple([*[""] * max(0, wanted - blanks), *body]))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _refuse_doubles(change: FileChange, language: Language) -> None:
    """Make sure that no test gets the name of another one, which then would not run."""
    before, after = _counted(change.old or "", language), _counted(change.new or "", language)
    doubled = [
        name for (scope, name), count in after.items() if count > 1 and count > before[scope, name] > 0
    ]
    if doubled:
        raise EditError(f"{change.path} has {', '.join(doubled[:3])} already; run the recipe again")


def _counted(text: str, language: Language) -> Counter[tuple[str, str]]:
    parsed = parse_source(text.encode("utf-8", "replace"), language)
    return Counter((found.scope, found.name) for found in parsed.definitions if found.kind in _CALLABLE)
