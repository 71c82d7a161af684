"""A document's definitions as the editor's outline shows them: nested by where they stand."""

from collections.abc import Sequence
from typing import Protocol

from lsprotocol import types

from lsp.convert import symbol_kind
from lsp.text import PositionEncoding, unit_column


class Placed(Protocol):
    """What a definition has to say; lines count from 1 and include the last."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def start_line(self) -> int: ...  # noqa: D102
    @property
    def end_line(self) -> int: ...  # noqa: D102
    @property
    def name_line(self) -> int: ...  # noqa: D102


def outline(
    definitions: Sequence[Placed], lines: Sequence[str], encoding: PositionEncoding
) -> list[types.DocumentSymbol]:
    """Return definitions in order, each below the innermost one around it.

    :param lines: of the text that the definitions are of.
    """
    found: list[types.DocumentSymbol] = []
    around: list[tuple[int, types.DocumentSymbol]] = []
    for item in sorted(definitions, key=lambda item: (item.start_line, -item.end_line)):
        symbol = _symbol(item, lines, encoding)
        while around and around[-1][0] < item.end_line:
            around.pop()
        if around:
            parent = around[-1][1]
            parent.children = [*(parent.children or ()), symbol]
        else:
            found.append(symbol)
        around.append((item.end_line, symbol))
    return found


def _symbol(item: Placed, lines: Sequence[str], encoding: PositionEncoding) -> types.DocumentSymbol:
    last = _line(lines, item.end_line)
    name_line = _line(lines, item.name_line)
    start = max(0, name_line.find(item.name))
    end = start + len(item.name) if name_line.startswith(item.name, start) else start
    return types.DocumentSymbol(
        name=item.name or "(unnamed)",
        kind=symbol_kind(item.kind),
        range=types.Range(
            types.Position(item.start_line - 1, 0),
            types.Position(item.end_line - 1, unit_column(last, len(last), encoding)),
        ),
        selection_range=types.Range(
            types.Position(item.name_line - 1, unit_column(name_line, start, encoding)),
            types.Position(item.name_line - 1, unit_column(name_line, end, encoding)),
        ),
    )


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].removesuffix("\r") if 1 <= number <= len(lines) else ""
