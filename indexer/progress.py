"""How long work reports how far it is: the type alone, so that whoever only passes it on imports nothing heavy."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do."""
