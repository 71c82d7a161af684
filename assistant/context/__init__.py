"""What a model is given to read: sources of passages, and the packer that fills a token budget with them."""

from assistant.context.items import ContextItem, items_of
from assistant.context.mentions import Mention, MentionError, MentionKind, MentionResolver, find_mentions
from assistant.context.packer import PackedContext, Packer
from assistant.context.prompt import build_messages, shown, summary_line
from assistant.context.tokens import TokenCounter, estimate_tokens

__all__ = [
    "ContextItem",
    "Mention",
    "MentionError",
    "MentionKind",
    "MentionResolver",
    "PackedContext",
    "Packer",
    "TokenCounter",
    "build_messages",
    "estimate_tokens",
    "find_mentions",
    "items_of",
    "shown",
    "summary_line",
]
