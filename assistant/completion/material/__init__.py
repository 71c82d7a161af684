"""Related code for a prompt, found within milliseconds: definitions of what is in sight, and similar fragments."""

from assistant.completion.material.fragments import Fragment, Why
from assistant.completion.material.gathering import Gatherer

__all__ = ["Fragment", "Gatherer", "Why"]
