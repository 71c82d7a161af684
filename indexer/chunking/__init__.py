"""Cuts source text into chunks along its syntax and lists what it defines.

Comes after discovery (which gives UTF-8 text and its language) and before the stores. Reads no file, keeps
no state besides the loaded grammars, and never raises on any text: broken syntax is data.
"""

from __future__ import annotations

from indexer.chunking.config import parse_config
from indexer.chunking.grammars import grammar_of
from indexer.chunking.headings import parse_headings
from indexer.chunking.model import Chunk, Definition, Import, ParsedSource
from indexer.chunking.syntax import parse_syntax
from indexer.languages import Language, LanguageKind

__all__ = ["Chunk", "Definition", "Import", "ParsedSource", "parse_source"]


def parse_source(text: bytes, language: Language) -> ParsedSource:
    """Cut a file's text into chunks and list its definitions, imports and comments.

    :param text: UTF-8, as discovery gives it; other bytes are tolerated and replaced in names.
    :param language: from `indexer.languages.language_of`.
    :return: chunks that cover every non-blank line once. An empty text gives no chunk.
    """
    if language.name in ("markdown", "rst"):
        return parse_headings(text, language)
    grammar = grammar_of(language.name) if language.kind in (LanguageKind.CODE, LanguageKind.MARKUP) else None
    parsed = parse_syntax(text, language, grammar) if grammar is not None else None
    return parse_config(text, language) if parsed is None else parsed
