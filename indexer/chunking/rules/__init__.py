"""How each language's tree is read, as tables: one module a family of languages.

A new language is a table here and a dependency on its grammar's wheel.
"""

from __future__ import annotations

from collections.abc import Mapping

from indexer.chunking.rules.base import LanguageRules
from indexer.chunking.rules.c_family import CPP, C
from indexer.chunking.rules.documents import CSS, HTML, SQL
from indexer.chunking.rules.functional import ELIXIR, HASKELL
from indexer.chunking.rules.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from indexer.chunking.rules.jvm import CSHARP, JAVA, KOTLIN, SCALA
from indexer.chunking.rules.python import PYTHON
from indexer.chunking.rules.scripting import BASH, LUA, PHP, RUBY
from indexer.chunking.rules.systems import GO, RUST, SWIFT, ZIG

__all__ = ["RULES"]

RULES: Mapping[str, LanguageRules] = {
    "bash": BASH,
    "c": C,
    "cpp": CPP,
    "csharp": CSHARP,
    "css": CSS,
    "cuda": CPP,
    "elixir": ELIXIR,
    "go": GO,
    "haskell": HASKELL,
    "html": HTML,
    "java": JAVA,
    "javascript": JAVASCRIPT,
    "kotlin": KOTLIN,
    "lua": LUA,
    "php": PHP,
    "python": PYTHON,
    "ruby": RUBY,
    "rust": RUST,
    "scala": SCALA,
    "sql": SQL,
    "svelte": HTML,
    "swift": SWIFT,
    "tsx": TSX,
    "typescript": TYPESCRIPT,
    "vue": HTML,
    "zig": ZIG,
}
"""Language name to its rules."""
