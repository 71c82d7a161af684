"""How a passage is written for a model: a header with its place, then numbered lines, between markers.

Repository text is data. The markers hold a key that no passage contains, so nothing inside a passage can end it or
begin another one.
"""

import hashlib
from collections.abc import Iterable, Sequence

from assistant.context.items import ContextItem

_KEY_CHARS = 8


def marker_key(items: Iterable[ContextItem], question: str) -> str:
    """Return a key that stands in none of the passages; equal prompts get equal keys, so that they can be cached."""
    texts = [question, *(f"{item.path}\0{item.origin}\0{item.text}" for item in items)]
    digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"))
    key = digest.hexdigest()[:_KEY_CHARS]
    while any(key in text for text in texts):
        digest.update(b"again")
        key = digest.hexdigest()[:_KEY_CHARS]
    return key


def render_item(item: ContextItem, key: str) -> str:
    """Write one passage."""
    path = item.location.encode("utf-8", "replace").decode("utf-8").replace("\n", "\\n").replace("\r", "\\r")
    why = " ".join(item.origin.split())
    body = item.text
    if item.start_line:
        lines = enumerate(item.text.split("\n"), item.start_line)
        body = "\n".join(f"{number}|{line}" for number, line in lines)
    return f"<<{key} {path} ({item.kind}; {why})>>\n{body}\n<<{key} end>>\n"


def render_items(items: Sequence[ContextItem], key: str) -> str:
    """Write all passages, in their order."""
    return "\n".join(render_item(item, key) for item in items)
