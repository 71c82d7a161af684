"""What the server does to stay small: nothing is hidden from the collector after the start, and garbage goes."""

from __future__ import annotations

import subprocess
import sys

from tests.servers.launch import ROOT

_CODE = """
import gc, weakref
from lsp import memory

class Node:
    def __init__(self):
        self.me = self

memory.prepare()
before = gc.get_freeze_count()
memory.settle()
hidden = gc.get_freeze_count()
assert hidden > before, (before, hidden)
later = Node()
gone = weakref.ref(later)
memory.release()
assert gone() is later
del later
memory.release()
assert gone() is None, "a cycle made after the start stays"
assert gc.get_freeze_count() <= hidden, "more was hidden later"
assert gc.get_threshold()[0] < 10_000
"""


def test_only_what_is_there_at_the_start_is_hidden_and_cycles_go() -> None:
    subprocess.run([sys.executable, "-c", _CODE], cwd=ROOT, check=True)
