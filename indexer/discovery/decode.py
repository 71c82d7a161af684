"""Bytes on disk to UTF-8 text, for any encoding that source code is met in.

In this order: a byte order mark; NUL bytes, which are UTF-16 or UTF-32 without a mark or else binary; valid
UTF-8; UTF-8 with a few broken bytes; and what is left, a single-byte encoding of Western Europe. East Asian
multi-byte encodings read as the last: their ASCII parts, and so all identifiers, are right.
"""

import codecs
import re

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Control characters that no text holds, and code points that are no characters; tab, line ends, form feed,
# backspace and escape do occur.
_NO_TEXT = re.compile(
    "[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f-\x9f\ue000-\uf8ff\ufff0-\ufff8\ufffe\uffff"
    "\U00040000-\U000dffff\U000f0000-\U0010ffff]"
)
_ASCII = re.compile("[\t\n -~]")
_CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\b\t\n\v\f\r\x1b") + b"\x7f"
_CP1252_ONLY = re.compile(b"[\x80-\x9f]")

# Random bytes without NUL hold 10 % of control characters, prose in a single-byte encoding none.
_MAX_CONTROL_SHARE = 0.02

# Western text in UTF-16 is half NULs; East Asian text has few, but is no UTF-8 when read bytewise. Both have
# line ends and blanks.
_MIN_WIDE_NUL_SHARE = 0.25
_MIN_WIDE_ASCII_SHARE = 0.02

_SAMPLE_BYTES = 65_536


def decode(raw: bytes) -> tuple[bytes, str] | None:
    """Convert to UTF-8 without byte order mark.

    :return: (text, encoding on disk); None when the bytes are no text.
    """
    if raw.startswith(codecs.BOM_UTF8):
        return _decode_marked_utf8(raw[len(codecs.BOM_UTF8) :])
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decode_wide(raw[len(mark) :], encoding)
    if b"\0" in raw:
        return _decode_unmarked_wide(raw)
    return (raw, "utf-8") if _is_utf8(raw) else _decode_single_byte(raw)


def _decode_marked_utf8(raw: bytes) -> tuple[bytes, str] | None:
    if b"\0" in raw:
        return None
    return raw.decode("utf-8", "replace").encode(), "utf-8-sig"


def _decode_wide(raw: bytes, encoding: str) -> tuple[bytes, str] | None:
    """Decode what follows a byte order mark.

    A few broken units are replaced, many mean that the mark is a coincidence.
    """
    text = raw.decode(encoding, "replace")
    if len(_NO_TEXT.findall(text)) + text.count("\ufffd") > len(text) * _MAX_CONTROL_SHARE:
        return None
    return text.encode(), encoding


def _decode_unmarked_wide(raw: bytes) -> tuple[bytes, str] | None:
    """Decode bytes with NULs among them if they are, beyond doubt, UTF-16 or UTF-32."""
    n_nuls = [raw[offset::4].count(0) for offset in range(4)]
    if sum(n_nuls) < len(raw) * _MIN_WIDE_NUL_SHARE and _is_utf8(raw):
        return None  # text with stray NULs
    candidates: list[str] = []
    if len(raw) % 4 == 0:
        candidates += ["utf-32-le"] if n_nuls[3] > n_nuls[0] else ["utf-32-be"]
    if len(raw) % 2 == 0:
        candidates += ["utf-16-le"] if n_nuls[1] + n_nuls[3] > n_nuls[0] + n_nuls[2] else ["utf-16-be"]
    for encoding in candidates:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NO_TEXT.search(text) and len(_ASCII.findall(text)) >= len(text) * _MIN_WIDE_ASCII_SHARE:
            return text.encode(), encoding
    return None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_single_byte(raw: bytes) -> tuple[bytes, str] | None:
    sample = raw[:_SAMPLE_BYTES]
    if len(sample) - len(sample.translate(None, _CONTROL_BYTES)) > len(sample) * _MAX_CONTROL_SHARE:
        return None
    repaired = raw.decode("utf-8", "replace")
    n_broken = repaired.count("\ufffd")
    n_characters = sum(1 for character in repaired if character > "\x7f") - n_broken
    if n_characters > n_broken:
        return repaired.encode(), "utf-8"
    if _CP1252_ONLY.search(raw):
        try:
            return raw.decode("cp1252").encode(), "cp1252"
        except UnicodeDecodeError:
            pass  # five bytes have no meaning there
    return raw.decode("latin-1").encode(), "latin-1"
