"""Compares models and prompts: a file of cases is run, held against what is expected, saved and compared.

``read_suite`` reads the file, ``run_suite`` asks through a :class:`Runner`, ``compare`` holds a run against an earlier
one, ``html_report`` shows it. :mod:`assistant.evaluation.repository_runner` has the runner that asks real backends.
"""

from assistant.evaluation.case_file import only, read_suite
from assistant.evaluation.comparison import Change, Comparison, Verdict, compare
from assistant.evaluation.errors import CaseFileError, NoEarlierRunError, SavedRunError
from assistant.evaluation.grid import Cell, cells
from assistant.evaluation.html_report import html_report
from assistant.evaluation.model import (
    EXTRACTIVE,
    Answered,
    Assertion,
    Case,
    Citation,
    Exit,
    Fingerprint,
    Outcome,
    Run,
    Suite,
)
from assistant.evaluation.schedule import Runner, count, run_suite

__all__ = [
    "EXTRACTIVE",
    "Answered",
    "Assertion",
    "Case",
    "CaseFileError",
    "Cell",
    "Change",
    "Citation",
    "Comparison",
    "Exit",
    "Fingerprint",
    "NoEarlierRunError",
    "Outcome",
    "Run",
    "Runner",
    "SavedRunError",
    "Suite",
    "Verdict",
    "cells",
    "compare",
    "count",
    "html_report",
    "only",
    "read_suite",
    "run_suite",
]
