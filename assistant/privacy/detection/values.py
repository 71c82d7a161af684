"""Whether a value looks like a secret, or like a placeholder, a word, a path, a piece of code.

A value is judged alone, by its letters. The bar is lower where the name beside it says "password": people choose
passwords with few letters; a key or token is made by a machine, and is long and random.
"""

import math
import re
from collections import Counter

_PLACEHOLDER = re.compile(
    r"""^[<\[]|^\$[({A-Za-z_]|^%[({]|^%\w+%$|^@\w+@$|\{\{|\}\}|^\{.*\}$|\$\{|^\#\{|<redacted:|^&\w+$|^\*\w*$"""
    r"""|^(?:x|X|\*|\.|-|_|0|\?|=|\#|•)+$|xxxx|XXXX|\*\*\*|\.\.\.|…|^(.)\1+$|^secretref[+:]|^vault:|^ENC\[|^arn:aws:|^npm:|^%?s$|%[sd]$|\[:"""
)
_DUMMY_PART = re.compile(
    r"(?i)example|change[-_ ]?(?:me|it|this)|your[-_ ]|place[-_ ]?holder|redacted|insert[-_ ]|replace[-_ ]?me|abcdefg|"
    r"0123456|1234567"
)
# Short enough to come up by chance in a long random value.
_SHORT_DUMMY_PART = re.compile(
    r"(?i)dummy|not[-_ ]?(?:a[-_ ]?)?real|fake|mock|todo|fixme|foobar|lorem|your\w|abcdef"
)
_SHORT_CHARS = 32
# Whole values that are no secret anywhere, once digits and punctuation at their ends are taken off.
_DUMMY_WORDS = frozenset(
    """
    password passwd pass pwd secret secrets token tokens key apikey admin root user username guest test testing tests
    default none null nil true false undefined empty string str int bytes any optional required hidden basic bearer
    digest oauth oauth jwt hmac text varchar foo bar baz qux spam eggs hello world value name login changeme letmein
    qwerty me my some the wrong right bad good new old valid invalid correct incorrect raw plain
    """.split()
)
_WORD_LIKE = re.compile(r"(?:[A-Z]?[a-z]+\d{0,2}|[A-Z]+\d{0,2}|\d{1,4})(?![a-z])")
_SEPARATORS = re.compile(r"[\s_./:\\@+~-]+")
_PATH_LIKE = re.compile(r"(?:~|\.{1,2}|[A-Za-z]:)?[/\\](?:[\w.-]+[/\\])*[\w.-]*$|[\w-]+(?:/[\w.-]+)+$")
_CAMEL = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])|\d+")
_ONLY_HEX = re.compile(r"[0-9a-fA-F]+$")
_MIN_PASSWORD, _MIN_KEY = 6, 12
_JUDGED_CHARS = 160
"""Of a long value the start tells whether it is a placeholder."""


def entropy_bits(text: str) -> float:
    """Return Shannon's entropy of a text's letters, in bits a letter; 0 for the empty text."""
    total = len(text)
    return -sum(number / total * math.log2(number / total) for number in Counter(text).values())


def is_placeholder(value: str) -> bool:
    """Tell whether a value stands for one: ``changeme``, ``<your key>``, ``${VAR}``, ``xxxx``."""
    value = value[:_JUDGED_CHARS]
    if _PLACEHOLDER.search(value) or _DUMMY_PART.search(value):
        return True
    if len(value) <= _SHORT_CHARS and _SHORT_DUMMY_PART.search(value):
        return True
    words = [word for word in re.split(r"[^A-Za-z]+", value.lower()) if word]
    return bool(words) and all(word in _DUMMY_WORDS for word in words) and sum(map(str.isdigit, value)) < 6


def is_address(value: str) -> bool:
    """Tell whether a value is a web address or a path made of words; base64 has slashes too."""
    return value.startswith(("http://", "https://")) or (
        _PATH_LIKE.match(value) is not None and is_wordy(value)
    )


def is_wordy(value: str) -> bool:
    """Tell whether a value is made of words and small numbers: ``token_v2``, ``ReadTimeout``, ``a.b.auth``."""
    parts = [part for part in _SEPARATORS.split(value) if part]
    return all(_is_word(part) for part in parts)


def _is_word(part: str) -> bool:
    if re.fullmatch(r"[A-Za-z]?[a-z]+\d{0,2}|[A-Z]+\d{0,2}|\d{1,4}|v\d+", part):
        return len(part) < 24
    if re.search(r"\d{3}", part) and len(part) >= 8:
        return False  # "Autumn2024"
    pieces = _CAMEL.findall(part)
    acronyms = sum(piece.isupper() for piece in pieces)
    numbers = sum(piece.isdigit() for piece in pieces)
    # CamelCase with at most one acronym and one number; random letters leave single letters over and have more of both.
    is_camel = sum(map(len, pieces)) == len(part) and numbers <= 1 and acronyms <= 1
    return is_camel and len(part) / max(len(pieces), 1) >= 3.5 and len(part) < 40


def is_password(value: str) -> bool:
    """Tell whether the value of something called a password may be a real one."""
    if len(value) < _MIN_PASSWORD or len(value) > 4096 or is_placeholder(value) or is_address(value):
        return False
    if re.search(r"\s", value):
        return False
    return not is_wordy(value)


def is_passphrase(value: str) -> bool:
    """Tell whether the value of something called a passphrase or mnemonic is several plain words."""
    words = re.split(r"[\s-]", value)
    return (
        len(words) >= 4
        and all(re.fullmatch("[a-z]{3,12}", word) for word in words)
        and not is_placeholder(value)
    )


def is_key(value: str) -> bool:
    """Tell whether the value of something called a key, token or secret is random enough to be one."""
    if not is_password(value) or len(value) < _MIN_KEY:
        return False
    if _ONLY_HEX.match(value):
        return len(value) >= 16 and entropy_bits(value) > 2.2
    if not re.search(r"\d", value) and entropy_bits(value) < 3.7:
        return False
    return entropy_bits(value) > 2.9 and not re.search(r"[(){}<>;|]", value)
