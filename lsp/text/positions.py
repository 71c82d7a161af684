"""Columns: from the units that a client counts in to characters of a line, and back.

A line is given without its end. A lone surrogate, which a UTF-16 client may send, counts as one unit there.
"""

from enum import StrEnum


class PositionEncoding(StrEnum):
    """What a client counts columns in."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


def encoded(text: str, encoding: PositionEncoding) -> bytes:
    """Return a text in the client's units; ``UNIT_BYTES`` says how many bytes a unit has."""
    return text.encode(_CODECS[encoding], "surrogatepass")


UNIT_BYTES = {PositionEncoding.UTF8: 1, PositionEncoding.UTF16: 2, PositionEncoding.UTF32: 4}
_CODECS = {
    PositionEncoding.UTF8: "utf-8",
    PositionEncoding.UTF16: "utf-16-le",
    PositionEncoding.UTF32: "utf-32-le",
}


def char_index(line: str, column: int, encoding: PositionEncoding) -> int:
    """Return the character that a column is in front of.

    :param column: in the client's units; past the end means the end, inside a character its start.
    """
    if column <= 0:
        return 0
    if encoding is PositionEncoding.UTF32 or line.isascii():
        return min(column, len(line))
    data = encoded(line, encoding)
    end = column * UNIT_BYTES[encoding]
    if end >= len(data):
        return len(line)
    if encoding is PositionEncoding.UTF8:
        while end and data[end] & 0xC0 == 0x80:
            end -= 1
    elif 0xDC <= data[end + 1] <= 0xDF and 0xD8 <= data[end - 1] <= 0xDB:
        end -= 2
    return len(data[:end].decode(_CODECS[encoding], "surrogatepass"))


def unit_column(line: str, char: int, encoding: PositionEncoding) -> int:
    """Return the column, in the client's units, of the place in front of a character; past the end means the end."""
    char = max(0, min(char, len(line)))
    if encoding is PositionEncoding.UTF32 or line.isascii():
        return char
    return len(encoded(line[:char], encoding)) // UNIT_BYTES[encoding]
