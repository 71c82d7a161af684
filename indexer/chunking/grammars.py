"""Loads grammars, each when its language is first met, and compiles a language's rules to node ids.

Grammars come inside installed wheels: nothing is downloaded. Threads: any may parse; parsing holds the
interpreter lock, so more threads are no faster.
"""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from tree_sitter import Language as TreeSitterLanguage
from tree_sitter import Parser, Tree

from indexer.chunking.rules import RULES
from indexer.chunking.rules.base import (
    Define,
    ImportReader,
    Imports,
    Inside,
    LanguageRules,
    Plain,
    Read,
    Reader,
    Rule,
)

_log = logging.getLogger(__name__)

TOKEN, DEFINE, READ, IMPORTS, COMMENT, LEAD, OPEN, WRAP, GROUP = range(9)

PARSE_BUDGET_S = 2.0
"""Twenty times what a megabyte of source takes; only recovery from errors all over a large text is slower."""

UNTIMED_BYTES = 16_384
"""Texts up to this size are parsed in one go: the worst one known takes half a second."""

_PLAIN = {
    Plain.COMMENT: COMMENT,
    Plain.LEAD: LEAD,
    Plain.OPEN: OPEN,
    Plain.WRAP: WRAP,
    Plain.GROUP: GROUP,
}


class Compiled(NamedTuple):
    """A rule with names resolved to the grammar's ids; -1 for a field that the grammar lacks."""

    op: int
    kind: str = ""
    name_field: int = -1
    name_types: tuple[str, ...] = ()
    body_field: int = -1
    body_types: tuple[str, ...] = ()
    inside: Inside = Inside.NOTHING
    read: Reader | None = None
    imports: ImportReader | None = None
    exports: ImportReader | None = None


class Grammar(NamedTuple):
    """A loaded grammar.

    :param table: node kind id to rule; ids that are absent are plain statements.
    """

    language: TreeSitterLanguage
    parser: Parser
    table: dict[int, Compiled]
    merges_clauses: bool
    prepare: Callable[[bytes], bytes] | None

    def parse(self, text: bytes, budget_s: float = PARSE_BUDGET_S) -> Tree | None:
        """Parse a text.

        :param budget_s: CPU seconds that a text of more than `UNTIMED_BYTES` may take.
        :return: None when the time was not enough.
        """
        if self.prepare is not None:
            text = self.prepare(text)
        if len(text) <= UNTIMED_BYTES:
            return self.parser.parse(text)
        deadline = time.thread_time() + budget_s
        parser = Parser(self.language)  # its own: other threads run while a callback does
        try:
            return parser.parse(
                lambda offset, _point: text[offset : offset + UNTIMED_BYTES],
                progress_callback=lambda _offset, _has_error: time.thread_time() > deadline,
            )
        except ValueError:
            return None


@cache
def grammar_of(language: str) -> Grammar | None:
    """Load a language's grammar.

    :param language: a canonical language name.
    :return: None when the language has no grammar, or its wheel is not installed or does not fit (logged
        once): its files are then cut by lines.
    """
    rules = RULES.get(language)
    if rules is None:
        return None
    try:
        module = importlib.import_module(rules.module)
        loaded = TreeSitterLanguage(getattr(module, rules.function)())
    except (ImportError, AttributeError, ValueError) as error:
        _log.warning("no grammar for %s, its files are cut by lines: %s", language, error)
        return None
    return Grammar(loaded, Parser(loaded), _compiled(rules, loaded), rules.merges_clauses, rules.prepare)


def _compiled(rules: LanguageRules, grammar: TreeSitterLanguage) -> dict[int, Compiled]:
    """Resolve node types to ids: one type can have several ids, and every unnamed token gets `TOKEN`."""
    by_type = {kind: _compile(rule, grammar) for kind, rule in rules.rules.items()}
    by_type["ERROR"] = Compiled(OPEN)
    token = Compiled(TOKEN)
    table = {65535: by_type["ERROR"]}
    for kind_id in range(grammar.node_kind_count):
        if not grammar.node_kind_is_named(kind_id):
            table[kind_id] = token
        elif (rule := by_type.get(grammar.node_kind_for_id(kind_id) or "")) is not None:
            table[kind_id] = rule
    return table


def _compile(rule: Rule, grammar: TreeSitterLanguage) -> Compiled:
    if isinstance(rule, Plain):
        return Compiled(_PLAIN[rule])
    if isinstance(rule, Read):
        return Compiled(READ, read=rule.reader)
    if isinstance(rule, Imports):
        return Compiled(IMPORTS, imports=rule.reader, exports=rule.exports)
    return _compile_define(rule, grammar)


def _compile_define(rule: Define, grammar: TreeSitterLanguage) -> Compiled:
    name_field = grammar.field_id_for_name(rule.name)
    body_field = grammar.field_id_for_name(rule.body)
    return Compiled(
        DEFINE,
        kind=rule.kind,
        name_field=-1 if name_field is None else name_field,
        name_types=() if name_field is not None else tuple(rule.name.split()),
        body_field=-1 if body_field is None else body_field,
        body_types=() if body_field is not None else tuple(rule.body.split()),
        inside=rule.inside,
    )
