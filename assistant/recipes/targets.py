"""What a recipe works on: a file, a definition, some lines, or text from standard input."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.recipes.errors import TargetError
from indexer.chunking import Definition, ParsedSource, parse_source
from indexer.discovery import DiscoveryRules, Source, read_source
from indexer.languages import Language, language_of

_LINES = re.compile(r"(?P<path>.+?):(?P<start>\d+)(?:(?:-|:)(?P<end>\d+))?\Z", re.DOTALL)
_NOT_ENCLOSING = frozenset("section declaration import field variable constant element rule".split())
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Spot:
    """Lines of a file; 1-based, inclusive."""

    path: str
    start_line: int
    end_line: int
    name: str = ""
    """What is defined or found there."""


@dataclass(frozen=True, slots=True)
class Target:
    """Text that a recipe works on.

    :param path: relative to the root; empty for text from standard input.
    :param text: the whole file, decoded.
    :param span: (first, last) line; None for the whole file.
    :param definition: what the span is, if it is a definition.
    """

    path: str
    text: str
    language: Language
    encoding: str = "utf-8"
    span: tuple[int, int] | None = None
    definition: Definition | None = None

    @property
    def lines(self) -> tuple[int, int]:
        """The span; the whole file if there is none."""
        return self.span or (1, max(1, self.text.count("\n") + (not self.text.endswith("\n"))))

    @property
    def symbol(self) -> str:
        """The qualified name of the definition; empty if there is none."""
        if self.definition is None:
            return ""
        return ".".join(part for part in (self.definition.scope, self.definition.name) if part)

    @property
    def label(self) -> str:
        """The target in words, for prompts and people."""
        if not self.path:
            return "the given text"
        start, end = self.lines
        where = f"lines {start}-{end} of {self.path}"
        if self.definition is not None:
            return f"`{self.symbol}` ({self.definition.kind}, {where})"
        return where if self.span else self.path

    def slice(self, start: int, end: int) -> str:
        """Return some lines of the file."""
        return "\n".join(self.text.split("\n")[start - 1 : end])

    @property
    def selection(self) -> str:
        """The target's own lines."""
        return self.slice(*self.lines) if self.span else self.text


def resolve_target(
    written: str,
    root: Path,
    *,
    folder: Path,
    symbols: Callable[[str], Sequence[Spot]],
    rules: DiscoveryRules,
) -> Target:
    """Find what ``FILE``, ``FILE:LINE``, ``FILE:START-END`` or a symbol's name stands for.

    :param root: the repository.
    :param folder: what a relative path is relative to, before the root.
    :param symbols: returns the definitions of a name.
    :raises TargetError: if there is no such thing, or several.
    """
    match = _LINES.match(written)
    for text, span in ((written, None), (match and match["path"], match)):
        path = _path_in(text, root, folder) if text else None
        if path is not None:
            target = read_target(root, path, rules)
            return target if span is None else _with_lines(target, int(span["start"]), span["end"])
    found = _named(written, symbols)
    if not found:
        raise TargetError(
            f'there is no file and no symbol "{written}" in {root}; name a file, FILE:LINE, FILE:START-END or a symbol'
        )
    if len(found) > 1:
        places = ", ".join(f"{spot.path}:{spot.start_line}" for spot in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise TargetError(
            f'"{written}" is defined {len(found)} times ({places}{more}); name one as FILE:LINE'
        )
    return _with_lines(read_target(root, found[0].path, rules), found[0].start_line, None)


def text_target(text: str, path: str = "") -> Target:
    """Return text from standard input as a target."""
    return Target("", text, language_of(path, text[:_HEAD_BYTES].encode("utf-8", "replace")))


def open_target(path: str, text: str, lines: tuple[int, int] | None) -> Target:
    """Return a file with the text that an editor has of it.

    :param lines: (first, last) of what is selected; one line stands for the definition around it; None: the whole file.
    :raises TargetError: if it has no such line.
    """
    language = language_of(path, text[:_HEAD_BYTES].encode("utf-8", "replace"))
    target = Target(path, text, language)
    if lines is None:
        return target
    start, end = lines
    return _with_lines(target, start, str(end) if end != start else None)


def read_target(root: Path, path: str, rules: DiscoveryRules) -> Target:
    """Read a whole file.

    :raises TargetError: if it cannot be used.
    """
    source = read_source(root, path, rules)
    if not isinstance(source, Source):
        raise TargetError(f"{path} cannot be used: {source.reason.value}, {source.detail}; name another file")
    text = source.text.decode("utf-8", "surrogateescape")
    return Target(path, text, language_of(path, source.text[:_HEAD_BYTES]), source.encoding)


def _path_in(written: str, root: Path, folder: Path) -> str | None:
    """Return the path of an existing file relative to the root; None if there is none.

    :raises TargetError: if it lies outside.
    """
    for base in (folder, root):
        candidate = base / Path(written).expanduser()
        try:
            if not candidate.is_file():
                continue
            inside = candidate.resolve().relative_to(root.resolve())
        except ValueError:
            raise TargetError(f"{written} lies outside of {root}; name its repository with --repo") from None
        except OSError:
            continue
        return inside.as_posix()
    return None


def _named(written: str, symbols: Callable[[str], Sequence[Spot]]) -> list[Spot]:
    """Return the definitions of a name, of a qualified one those whose scope fits."""
    name = re.split(r"\.|::|#", written.strip())
    if not name[-1] or not all(
        part.isidentifier() or part == "" for part in (word.rstrip("?!=") for word in name)
    ):
        return []
    found = list(symbols(name[-1]))
    exact = [spot for spot in found if spot.name.split(".")[-1] == name[-1]]
    wanted = ".".join(part for part in name if part)
    return [spot for spot in exact or found if f".{spot.name}".endswith(f".{wanted}")]


def _with_lines(target: Target, start: int, end: str | None) -> Target:
    """Narrow a target to lines; to the definition around a single line."""
    last = target.lines[1]
    parsed = parse_source(target.text.encode("utf-8", "replace"), target.language)
    if end is not None:
        first, final = sorted((start, int(end)))
        _check_line(target, first, last)
        span = (first, min(final, last))
        same = [item for item in parsed.definitions if (item.start_line, item.end_line) == span]
        return _narrowed(target, span, same[0] if same else None)
    _check_line(target, start, last)
    around = enclosing(parsed, start)
    if around is not None:
        return _narrowed(target, (around.start_line, around.end_line), around)
    chunk = next((item for item in parsed.chunks if item.start_line <= start <= item.end_line), None)
    return _narrowed(target, (chunk.start_line, chunk.end_line) if chunk else (start, start), None)


def _narrowed(target: Target, span: tuple[int, int], definition: Definition | None) -> Target:
    return Target(target.path, target.text, target.language, target.encoding, span, definition)


def _check_line(target: Target, line: int, last: int) -> None:
    if not 1 <= line <= last:
        raise TargetError(f"{target.path} has {last} lines, so there is no line {line}")


def enclosing(parsed: ParsedSource, line: int) -> Definition | None:
    """Return the innermost function, type or the like around a line."""
    around = [
        item
        for item in parsed.definitions
        if item.start_line <= line <= item.end_line and item.kind not in _NOT_ENCLOSING
    ]
    return max(around, key=lambda item: (item.start_line, -item.end_line), default=None)
