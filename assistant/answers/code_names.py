"""What a code span in an answer is: the name of something, an expression, or nothing that can be looked up.

Purely by its form; whether a name exists is told elsewhere.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from assistant.answers.known_names import COMMANDS, EXTERNAL, LITERALS, PLACEHOLDER, PLAIN

_PART = r"[^\W\d]\w*"
_JOIN = r"(?:\.|::|#|->|\?\.|\\)"
_NAME = re.compile(
    rf"(?:[@$&*~:.]|::)*(?P<name>{_PART}(?:{_JOIN}[@$~]?{_PART})*)[!?'=]?"
    r"(?P<generic>(?:<[^<>]*(?:<[^<>]*>[^<>]*)*>|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]))?"
    r"(?:\(.*\)|/\d|\{\})?[!?;,:]?",
    re.DOTALL,
)
_WORD = re.compile(_PART)
_JOINS = re.compile(_JOIN + r"[@$~]?")
_STRINGS = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_OPTION_OR_VALUE = re.compile(r"-|\d|<[^<>]+>$|[\"'].*[\"']$|#[0-9a-fA-F]{3,8}$|https?:|v\d")
_FILE = re.compile(r"[\w.@~-]*[/\\]|\.{0,2}[\w-]+\.(?:[a-z]{1,4}|json|html|toml|lock|yaml)$")
_MIN_CHARS = 3


class Weight(Enum):
    """How much a name in a claim can be held against the cited lines."""

    FIRM = auto()
    """The lines must have it."""
    SOFT = auto()
    """One of the soft names is enough, and only where nothing firm is claimed."""
    COMMON = auto()
    """A word of some language or a program: soft where the repository defines it, else it says nothing."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that an answer uses, by its components: ``PdfReader.parse`` is ("PdfReader", "parse")."""

    parts: tuple[str, ...]
    weight: Weight
    shown: str
    """As the answer writes it."""

    @property
    def last(self) -> str:
        """The component that names the thing itself."""
        return self.parts[-1]


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """What a code span says: a name (None if it is none), and the words of an expression that may be quoted code."""

    name: Name | None
    expression: str = ""
    others: tuple[Name, ...] = ()
    """Further names in it, such as type arguments."""


def read_span(content: str) -> CodeSpan:
    """Take a code span's content apart."""
    content = content.strip()
    if not content or _OPTION_OR_VALUE.match(content):
        return CodeSpan(None)
    match = _NAME.fullmatch(content)
    if match is None:
        return CodeSpan(None, "" if _is_command(content) or _FILE.match(content) else content)
    if (
        _FILE.fullmatch(content)
        and "(" not in content
        and not content[:1].isupper()
        and _is_file_name(content)
    ):
        return CodeSpan(None)
    others = tuple(
        name for word in _WORD.findall(match["generic"] or "") if (name := named((word,), word)) is not None
    )
    return CodeSpan(named(tuple(_JOINS.split(match["name"])), content), "", others)


def named(parts: tuple[str, ...], shown: str) -> Name | None:
    """Return a name with its weight; None for what is nobody's: literals, placeholders, very short names."""
    parts = (
        tuple(part for part in parts if part not in ("self", "this", "cls", "super", "crate", "Self"))
        or parts
    )
    last = parts[-1]
    if len(last) < _MIN_CHARS or last in LITERALS or PLACEHOLDER.fullmatch(last):
        return None
    if len(parts) == 1 and (last in PLAIN or last in COMMANDS):
        return Name(parts, Weight.COMMON, shown)
    if parts[0] in EXTERNAL:
        return Name(parts, Weight.SOFT, shown)
    return Name(parts, Weight.FIRM, shown)


def bare_name(word: str) -> Name | None:
    """Return the name that a word outside code font is beyond doubt by its form (``read_all``, ``A.b``, ``run()``)."""
    word = word.strip("*_\"'(),:;!?") if not word.startswith("_") else word.strip("*\"'(),:;!?")
    called = word.endswith("(")
    word = word.rstrip("().,:;!?")
    parts = tuple(_JOINS.split(word))
    if not all(_WORD.fullmatch(part) for part in parts) or len(parts[-1]) < _MIN_CHARS:
        return None
    last = parts[-1]
    inner_capital = any(letter.isupper() for letter in last[1:]) and not last.isupper()
    if "_" in last.strip("_") or len(parts) > 1 or called:
        return named(parts, word)
    return Name(parts, Weight.SOFT, word) if inner_capital and last not in PLAIN else None


def expression_words(expression: str) -> tuple[str, ...]:
    """Return the words of quoted code that tell something: no strings, keywords, literals or very short names."""
    words = _WORD.findall(_STRINGS.sub(" ", expression))
    return tuple(dict.fromkeys(word for word in words if len(word) >= _MIN_CHARS and word not in PLAIN))


def _is_command(content: str) -> bool:
    first, _, rest = content.partition(" ")
    return bool(rest) and (first.rsplit("/", 1)[-1] in COMMANDS or first.startswith("$"))


def _is_file_name(content: str) -> bool:
    from indexer.languages import language_of

    return "/" in content or "\\" in content or language_of(content).name != "text"
