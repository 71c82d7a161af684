"""What shape a question has: asked for a place, for users of a definition, for its tests, for how something works.

Pure text in, a :class:`Question` out. The shape decides how the answer is worded and, for users and tests, how it is
found; everything else is searched as it stands.
"""

import enum
import re
from dataclasses import dataclass, replace

_NAME = re.compile(r"`([^`]+)`|((?:[^\W\d]\w*(?:::|->|[.#/]))*[^\W\d]\w*[!?]?(?:\(\))?)")


_FRAME = frozenset(
    "find show explain describe code place happen happens happening responsible called".split()
)
_GIVING_VALUES = frozenset({"configured", "set", "assigned", "enabled", "disabled"})
_HOW_FRAME = frozenset("work works function functions behave behaves done".split())


class Shape(enum.Enum):
    """What a question asks for."""

    VERB = "where is X parsed"
    DEFINED = "where is X defined"
    CALLERS = "what calls X"
    IMPORTERS = "what imports X"
    IMPORTS = "what does X import"
    TESTS = "where is X tested"
    SUBTYPES = "what implements X"
    HOW = "how does X work"
    WHAT = "what does X do"
    OTHER = "anything else"


_FRAMES = {
    Shape.HOW: _HOW_FRAME,
    Shape.CALLERS: frozenset("calls call callers uses use usages invokes references".split()),
    Shape.SUBTYPES: frozenset(
        "implements implement extends extend inherits subclasses implementations".split()
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """An understood question; ``subject`` and ``verb`` are the user's own words, empty if the shape has none."""

    shape: Shape
    subject: str = ""
    verb: str = ""
    plural: bool = False
    asks_how_to: bool = False
    """Whether the asker wants to do something ("how do I add a rule?"), which documents tell rather than code."""

    @property
    def frame(self) -> frozenset[str]:
        """Words of the question that are no part of what it is about."""
        return _FRAME | _FRAMES.get(self.shape, frozenset())

    @property
    def of_definition(self) -> "Question":
        """The question where its subject is no module but a definition: what imports that is what uses it."""
        is_import = self.shape in (Shape.IMPORTERS, Shape.IMPORTS)
        return replace(self, shape=Shape.CALLERS) if is_import else self

    @property
    def asks_for_value(self) -> bool:
        """Whether the question is where something gets its value."""
        return self.shape is Shape.VERB and self.verb in _GIVING_VALUES

    @property
    def name(self) -> str:
        """The subject if it is one identifier (in backticks or bare), without ``()``; else empty."""
        bare = _without_article(self.subject)
        match = _NAME.fullmatch(bare)
        is_word = bare.isalpha() and bare.islower()
        if match is None or (is_word and (bare != self.subject or self.plural)):
            return ""  # "the index" and "where are secrets" are things, "the Index" and "index" are names
        return (match[1] or match[2]).removesuffix("()")


_WHERE = r"where(?:'s|\s+(?:exactly\s+)?(?P<be>is|are|was|were|do(?:es)?\s+(?:we|it|you|they|this\s+\w+)|does|do))?"
_DEFINED = r"defined|declared|implemented|located|found"
_CALLED = r"called|used|invoked|referenced|instantiated|consumed|imported"
_PARTICIPLE = (
    r"(?!(?:embed|shed)\b)\w{2,}(?<!e)ed"
    r"|(?:over|re|un)?written|(?:over)?ridden|given|taken|chosen|driven|hidden|broken|frozen|forgotten|proven|drawn|thrown|shown"
    r"|(?:re)?built|(?:re)?sent|(?:re)?set|(?:un)?bound|read|kept|held|run|made|put|done|split|cut|cast|caught|found|fed|led"
)
"""Regular ones, and the irregular ones that are said of code; not every word in -en is one (``token``)."""
_PATTERNS: tuple[tuple[Shape, str], ...] = (
    (Shape.TESTS, rf"{_WHERE}\s+(?P<x>.+?)\s+(?:unit[- ])?tested"),
    (Shape.TESTS, r"how\s+(?P<be>is|are)\s+(?P<x>.+?)\s+tested"),
    (
        Shape.TESTS,
        r"(?:what|which|where\s+are(?:\s+the)?|show(?:\s+me)?(?:\s+the)?)\s+(?:unit\s+)?tests?"
        r"(?:\s+(?:that\s+)?(?:cover|test|check|exercise|use)s?|\s+for|\s+of)\s+(?P<x>.+)",
    ),
    (
        Shape.SUBTYPES,
        r"(?:who|what|which\s+\w+)\s+(?:directly\s+)?(?:implements?|extends?|inherits?(?:\s+from)?|subclass(?:es)?"
        r"|derives?\s+from|conforms?\s+to)\s+(?P<x>.+)",
    ),
    (
        Shape.SUBTYPES,
        r"(?:(?:find|show|list)\s+(?:me\s+)?)?(?:all\s+)?(?:the\s+)?"
        r"(?:subclasses|subtypes|implementers|implementors|implementations)\s+of\s+(?P<x>.+)",
    ),
    (
        Shape.IMPORTERS,
        r"(?:who|what|which\s+\w+)\s+(?:directly\s+)?(?:imports?|includes?|requires?|depends?\s+on)\s+(?P<x>.+)",
    ),
    (
        Shape.IMPORTERS,
        rf"{_WHERE}\s+(?P<x>.+?)\s+(?:imported|included|required)(?:\s+from)?",
    ),
    (
        Shape.IMPORTERS,
        r"(?:(?:find|show|list)\s+(?:me\s+)?)?(?:all\s+)?(?:the\s+)?(?:importers|dependents)\s+of\s+(?P<x>.+)",
    ),
    (
        Shape.IMPORTS,
        r"what(?:\s+\w+)?\s+(?:does|do)\s+(?P<x>.+?)\s+(?:directly\s+)?(?:import|include|require|depend\s+on)",
    ),
    (Shape.CALLERS, rf"{_WHERE}\s+(?P<x>.+?)\s+(?:being\s+)?(?:{_CALLED})(?:\s+from)?"),
    (
        Shape.CALLERS,
        r"(?:who|what|which\s+\w+)\s+(?:calls?|uses?|invokes?|references?|instantiates?|depends?\s+on|imports?)"
        r"\s+(?P<x>.+)",
    ),
    (
        Shape.CALLERS,
        r"(?:(?:find|show|list)\s+(?:me\s+)?)?(?:all\s+)?(?:the\s+)?(?:callers?|usages?|uses|references)\s+(?:of|to)"
        r"\s+(?P<x>.+)",
    ),
    (Shape.DEFINED, rf"{_WHERE}\s+(?P<x>.+?)\s+(?:{_DEFINED})(?:\s+in\b.*)?"),
    (
        Shape.DEFINED,
        r"(?:find\s+|show\s+)?(?:me\s+)?(?:the\s+)?(?:definition|implementation)\s+of\s+(?P<x>.+)",
    ),
    (
        Shape.VERB,
        rf"{_WHERE}\s+(?P<x>.+?)\s+(?P<verb>{_PARTICIPLE})\b.*",
    ),
    (Shape.DEFINED, r"where(?:'s|\s+(?P<be>is|are))\s+(?P<x>.+)"),
    (Shape.HOW, r"how\s+(?:does|do)\s+(?P<x>.+?)\s+(?:work|function|behave)s?\b.*"),
    (
        Shape.HOW,
        rf"how\s+(?P<be>is|are)\s+(?P<x>.+?)\s+(?P<verb>{_PARTICIPLE})\b.*",
    ),
    (Shape.WHAT, r"what\s+(?:does|do)\s+(?P<x>.+?)\s+(?:do|mean)"),
    (Shape.WHAT, r"(?:what(?:'s|\s+(?:is|are))|explain|describe)\s+(?P<x>.+)"),
)
_COMPILED = tuple((shape, re.compile(pattern, re.IGNORECASE)) for shape, pattern in _PATTERNS)
_HOW_TO = re.compile(r"how\s+(?:(?:do|can|should|could|must|would)\s+(?:i|we|you|one)|to)\s", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|a|an|our|its|this|that)\s+", re.IGNORECASE)
_ROLE_WORD = re.compile(
    r"\s+(?:class|function|method|module|struct|trait|interface|type|enum|constant|variable|macro|helper)$",
    re.IGNORECASE,
)


def understand(raw: str) -> Question:
    """Return the shape of a question."""
    text = " ".join(raw.split()).rstrip("?!. ")
    for shape, pattern in _COMPILED:
        if match := pattern.fullmatch(text):
            groups = match.groupdict()
            subject = _ROLE_WORD.sub("", groups["x"].strip())
            plural = (groups.get("be") or "").lower() in ("are", "were")
            return Question(shape, subject, (groups.get("verb") or "").lower(), plural)
    return Question(Shape.OTHER, asks_how_to=_HOW_TO.match(text) is not None)


def _without_article(subject: str) -> str:
    return _ARTICLE.sub("", subject, count=1).strip()
