"""A client that edits a text at random and keeps it in its own units, independently of the server's way of doing so."""

from __future__ import annotations

import random
from dataclasses import dataclass

from lsp.text import Edit, PositionEncoding

CODECS = {
    PositionEncoding.UTF8: ("utf-8", 1),
    PositionEncoding.UTF16: ("utf-16-le", 2),
    PositionEncoding.UTF32: ("utf-32-le", 4),
}
PIECES = (
    *(
        "a",
        "b ",
        "def f():",
        "    ",
        "\t",
        "{",
        "}",
        "\n",
        "\n",
        "\r\n",
        "\r\n",
        "\r",
        "é",
        "ß",
        "漢字",
        "😀",
        "\U0001d4b3\U0001d4b4",
    ),
    *("e\u0301", "\u2028", "\x0b", "\x0c", "\x85", "\ufeff", "👩\u200d👩", "", "\n\n", "x\r", "\ny"),
)


@dataclass
class Typist:
    """The client's text, as units of its encoding."""

    encoding: PositionEncoding
    units: list[bytes]

    @classmethod
    def with_text(cls, text: str, encoding: PositionEncoding) -> Typist:
        return cls(encoding, _units(text, encoding))

    @property
    def text(self) -> str:
        codec, _ = CODECS[self.encoding]
        return b"".join(self.units).decode(codec)

    def edit(self, choose: random.Random) -> Edit:
        """Replace something at random; what is to be told to the server."""
        places = self._places()
        first, last = sorted((choose.randrange(len(places)), choose.randrange(len(places))))
        if choose.random() < 0.7:
            last = min(first + choose.randrange(4), len(places) - 1)
        new = "".join(choose.choice(PIECES) for _ in range(choose.randrange(4)))
        (start, (start_line, start_column)), (end, (end_line, end_column)) = places[first], places[last]
        self.units[start:end] = _units(new, self.encoding)
        return Edit(start_line, start_column, end_line, end_column, new)

    def _places(self) -> list[tuple[int, tuple[int, int]]]:
        """Every place between two characters, as index of a unit and as a position; none inside of a line's end."""
        codec, width = CODECS[self.encoding]
        places, line, column, index = [(0, (0, 0))], 0, 0, 0
        text = b"".join(self.units).decode(codec)
        for number, char in enumerate(text):
            size = len(char.encode(codec)) // width
            index, column = index + size, column + size
            if char == "\n" or (char == "\r" and text[number + 1 : number + 2] != "\n"):
                line, column = line + 1, 0
            elif char == "\r":
                continue  # in front of its line feed: no position is there
            places.append((index, (line, column)))
        return places


def _units(text: str, encoding: PositionEncoding) -> list[bytes]:
    codec, width = CODECS[encoding]
    data = text.encode(codec)
    return [data[start : start + width] for start in range(0, len(data), width)]
