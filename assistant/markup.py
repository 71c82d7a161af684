"""HTML made of escaped text: nothing that a model or a repository says can become markup, or be fetched."""

import html
import re

# Control characters but for line ends and tabs, marks that reorder text, lone surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def text(value: str) -> str:
    r"""Return a text as HTML; what a page cannot or should not hold is written as ``\u202e``."""
    visible = _UNSAFE.sub(
        lambda match: match.group().encode("unicode_escape", "backslashreplace").decode("ascii"), value
    )
    return html.escape(visible)


def element(tag: str, content: str, **attributes: str) -> str:
    """Return an element.

    :param content: HTML.
    :param attributes: texts; ``kind`` stands for ``class``.
    """
    named = {("class" if name == "kind" else name): value for name, value in attributes.items() if value}
    shown = "".join(f' {name}="{text(value)}"' for name, value in named.items())
    return f"<{tag}{shown}>{content}</{tag}>"


def badge(label: str, kind: str) -> str:
    """Return a coloured word: ``good``, ``bad`` or ``warn``."""
    return element("span", text(label), kind=f"badge {kind}")
