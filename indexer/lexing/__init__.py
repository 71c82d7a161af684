"""Cut source text into tokens, whatever its language and however broken it is: no parser, no grammar.

The step before fingerprints (`indexer.fingerprints`), and what a completion is cut with. It knows strings, comments,
names, numbers, keywords and operators; nothing of nesting, scopes or meaning, for which there are `indexer.chunking`'s
parsers.
"""

from indexer.lexing.lexer import lex, lex_part
from indexer.lexing.model import Lexed, TokenKind

__all__ = ["Lexed", "TokenKind", "lex", "lex_part"]
