r"""How models write citations: one place that knows every spelling of "this file, these lines".

The prompt asks for ``[path:start-end]``. Models also write ``path#L10-L20``, ``path:L10``, ``(path:10-20)``,
Markdown links, back-ticks, several references in one bracket, ``path, lines 10-20``. All of them become a
:class:`Reference`. Nothing here reads a file or tells whether a reference is true.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from indexer.languages import language_of

IsPath = Callable[[str], bool]
"""Tells whether a path, or the end of one, is that of an indexed file."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A file and lines as an answer states them; nothing about it is checked.

    ``path`` uses ``/``; without ``start_line`` the whole file is meant. Lines may be any number, also 0 or backwards.
    """

    path: str
    start_line: int | None = None
    end_line: int | None = None


DASH = r"\s?(?:-|\u2010|\u2011|\u2012|\u2013|\u2014|\.\.)\s?"
_LINES = rf"L?(?P<start>\d{{1,9}})(?:(?:{DASH}|\s(?:to|through|and)\s)L?(?P<end>\d{{1,9}}))?"
LINES_IN_WORDS = r"lines? (?P<start>\d{1,9})(?: ?(?:-|\u2013|to|and|through) ?(?P<end>\d{1,9}))?"
_LINES_2 = _LINES.replace("P<start>", "P<start2>").replace("P<end>", "P<end2>")
_PATH_WITH_LINES = re.compile(
    rf"(?P<path>[^:#\n]*?[^:#\s])(?:\s?[:#]\s?{_LINES}(?::\d+)?|,?\s\(?(?:at |on )?(?:lines? |L){_LINES_2}\)?)"
)
_LINES_ALONE = re.compile(rf":?(?:lines? )?{_LINES}")
_BARE = re.compile(
    r"(?<![\w/\\.:#@$%&=+~-])(?P<path>(?:\.{0,2}[/\\])?[\w.@+~-]+(?:[/\\][\w.@+~=,-]*[\w@+~=-])*)"
    r"(?:#L|:L?)(?P<start>\d{1,9})(?:(?:-|\u2013|\u2014)L?(?P<end>\d{1,9}))?(?::\d+)?(?![\w])"
)
_SEPARATOR = re.compile(r"\s*[;,]\s*(?:and\s+)?|\s+and\s+|\s*&\s*")
_LEAD_IN = re.compile(r"(?:see(?: also)?|cf\.?|source|from|in|file)\s*:?\s+", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?://|[^\d\s\\L])|#|mailto:")
_SUFFIX = re.compile(r"\.[A-Za-z]\w{0,9}$")
_PRODUCTS = frozenset(
    "node.js next.js vue.js react.js express.js three.js d3.js nuxt.js ember.js alpine.js".split()
)
_QUOTES = "`'\"\u201c\u201d* "


def clean_path(written: str) -> str:
    """Return a path as the index spells it: without quotes, with ``/``, without a leading ``./``."""
    path = written.strip(_QUOTES).replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return re.sub(r"(?<=.)//+", "/", path)


def looks_like_path(written: str, is_path: IsPath) -> bool:
    """Tell whether a word without lines names a file: an indexed one, or one of a known kind."""
    path = clean_path(written)
    if not path or len(path) > 300 or "://" in path or "\n" in path:
        return False
    if is_path(path):
        return True
    if path.lower() in _PRODUCTS:
        return False
    name = path.rsplit("/", 1)[-1]
    if " " in path and "/" not in path:
        return False
    has_suffix = bool(_SUFFIX.search(name)) and len(name.rsplit(".", 1)[0]) > 0
    if language_of(path).name != "text" and (has_suffix or "/" in path or name[:1].isupper()):
        return "(" not in name
    return has_suffix and ("/" in path or name.lower().endswith(".txt")) and "(" not in name


def parse_reference(written: str, is_path: IsPath) -> Reference | None:
    """Parse one reference that fills its brackets, quotes or link target; None if it is something else."""
    written = _LEAD_IN.sub("", written.strip(_QUOTES), count=1) if not is_path(written) else written
    if written.count("`") > 1 or "`," in written:  # "`a.py`, lines 1-2" in one bracket
        written = written.replace("`", "")
    match = _PATH_WITH_LINES.fullmatch(written)
    if match is None:
        return Reference(clean_path(written)) if looks_like_path(written, is_path) else None
    if not looks_like_path(match["path"], is_path):
        return None
    start, end = match["start"] or match["start2"], match["end"] or match["end2"]
    return Reference(clean_path(match["path"]), int(start), int(end or start))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bracket: a reference with its text, or the text between two (``reference`` is None)."""

    text: str
    reference: Reference | None


def parse_bracket(content: str, is_path: IsPath) -> tuple[Part, ...]:
    """Parse what stands in square brackets: one reference or several. Empty if any part is something else.

    ``a.py:1-2; b.py:3`` and ``a.py:1-2, 10-20`` are two references each. The parts' texts, joined, are the content.
    """
    if whole := parse_reference(content, is_path):
        return (Part(content, whole),)
    parts: list[Part] = []
    before: Reference | None = None
    position = 0
    for separator in [*_SEPARATOR.finditer(content), None]:
        text = content[position : separator.start() if separator else len(content)]
        reference = parse_reference(text, is_path)
        if reference is None and before is not None and (lines := _LINES_ALONE.fullmatch(text.strip())):
            start = int(lines["start"])
            reference = replace(before, start_line=start, end_line=int(lines["end"] or start))
        if reference is None:
            return ()
        parts.append(Part(text, reference))
        if separator is not None:
            parts.append(Part(separator.group(), None))
            position = separator.end()
        before = reference
    return tuple(parts)


def parse_target(target: str, is_path: IsPath) -> Reference | None:
    """Parse a Markdown link's target; None if it leads to another host, within the page, or to no file."""
    target = target.strip().strip("<>")
    if _SCHEME.match(target) or target.startswith("//"):
        return None
    target = target.replace("%20", " ")
    if reference := parse_reference(target, is_path):
        return reference
    path, mark, _ = target.partition("#")
    return Reference(clean_path(path)) if mark and looks_like_path(path, is_path) else None


def find_bare(word: str, is_path: IsPath) -> tuple[int, int, Reference] | None:
    """Find the first ``path:10-20`` in a run of characters without blanks.

    :return: (start, end, reference); None if there is none, and for URLs.
    """
    if "://" in word:
        return None
    for match in _BARE.finditer(word):
        if looks_like_path(match["path"], is_path):
            start = int(match["start"])
            reference = Reference(clean_path(match["path"]), start, int(match["end"] or start))
            return match.start(), match.end(), reference
    return None
