"""Answers from the index alone: the places that answer, the lines that decide, and why."""

from assistant.answers.extractive import Answer, Searched, answer
from assistant.answers.passages import Line, Passage, passage

__all__ = ["Answer", "Line", "Passage", "Searched", "answer", "passage"]
