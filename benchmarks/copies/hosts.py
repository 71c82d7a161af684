"""Puts fragments into files of other projects, between two definitions, as a paste would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from benchmarks.copies.model import Form, Query
from benchmarks.copies.projects import SourceFile
from benchmarks.copies.tokens import parse

_MIN_LINES, _MAX_LINES = 40, 400


class Hosts:
    """Files that fragments are put into; each is used once before any is used again."""

    def __init__(self, files: Sequence[SourceFile]) -> None:
        self._files = [file for file in files if _MIN_LINES <= file.text.count("\n") <= _MAX_LINES]
        self._left: list[SourceFile] = []

    def embed(self, bare: Query, random: Random) -> Query:
        """The query with its fragment inside a host of the same suffix where there is one.

        :param bare: A query that is a fragment alone.
        """
        host = self._next(bare.suffix, random)
        lines = host.text.rstrip("\n").split("\n")
        row, like_row = _place(host, random)
        pad = lines[like_row][: len(lines[like_row]) - len(lines[like_row].lstrip())]
        fragment = [pad + line if line else line for line in bare.text.rstrip("\n").split("\n")]
        text = "\n".join([*lines[:row], "", *fragment, "", *lines[row:]]) + "\n"
        return replace(
            bare,
            id=bare.id.removesuffix("bare") + "embedded",
            form=Form.EMBEDDED,
            text=text,
            start_line=row + 2,
            end_line=row + 1 + len(fragment),
            note=f"{bare.note} in {host.name}",
        )

    def _next(self, suffix: str, random: Random) -> SourceFile:
        fitting = [file for file in self._left if file.suffix == suffix]
        if not fitting:
            fresh = [file for file in self._files if file.suffix == suffix] or self._files
            self._left += fresh
            fitting = fresh
        host = random.choice(fitting)
        self._left.remove(host)
        return host


def _place(host: SourceFile, random: Random) -> tuple[int, int]:
    """How many rows stand before an insertion, and a row that is indented as it should be."""
    root = parse(host.text, host.suffix).tree.root_node
    children = list(root.named_children)
    for child in root.named_children:
        if child.type in ("class_declaration", "class_definition"):
            body = child.child_by_field_name("body")
            children += body.named_children if body is not None else []
    ends = [(child.end_point[0] + 1, child.start_point[0]) for child in children if child.end_point[1] > 0]
    return random.choice(ends)
