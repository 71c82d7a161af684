"""From what a model wrote to what may be shown: cut to the block, without repetition, balanced, no worse to parse."""

from assistant.completion.cleaning.blocks import enough
from assistant.completion.cleaning.steps import Cleaned, clean

__all__ = ["Cleaned", "clean", "enough"]
