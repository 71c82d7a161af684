r"""Which strings and comments a language has: a regular expression a family, and which characters names may hold.

Only strings and comments need a regular expression, since only they depend on what stood before; everything else is
told by its characters (`indexer.lexing.lexer`). Every alternative begins with a literal character, which lets the
expression engine skip to the next candidate, and uses possessive repetition only: no input makes it backtrack far.

An unterminated string ends with its line; one that may hold line breaks, and a block comment, with the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_DOUBLE = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
_SINGLE = r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
_DOUBLE_LINES = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_SINGLE_LINES = r"'[^'\\]*+(?:\\.[^'\\]*+)*+'?"
_TRIPLE_DOUBLE = r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+(?:"{3,5}|\\?\Z)'
_TRIPLE_SINGLE = r"'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+(?:'{3,5}|\\?\Z)"
_DOUBLED_SINGLE = r"'[^']*+(?:''[^']*+)*+'?"
_DOUBLED_DOUBLE = r'"[^"\n]*+(?:""[^"\n]*+)*+"?'
_CHARACTER = r"'(?:[^'\\\n]|\\[^\n']{1,10}|\\')'"
_BACKTICK = r"`[^`]*+`?"
_TEMPLATE = r"`(?:[^`\\$]++|\\.|\$\{(?:[^`{}]++|`[^`]*+`|\{[^{}`]*+\})*+\}|\$)*+`?"
_SLASHES = r"//[^\n]*+"
_BLOCK = r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?"
_HASH = r"#[^\n]*+"
_HASH_WORD = r"#(?<![^\s;()|&]#)[^\n]*+"
_DASHES = r"--[^\n]*+"
_SEMICOLON = r";[^\n]*+"
_PERCENT = r"%[^\n]*+"
_BRACE_STAR = r"\(\*[^*]*+(?:\*(?!\))[^*]*+)*+(?:\*\))?"
_HTML_COMMENT = r"<!--[^-]*+(?:-(?!->)[^-]*+)*+(?:-->)?"

# A slash begins a regular expression where a value may begin. No look-behind over white space of any length exists, so
# the usual spacings are listed.
_REGEX_LITERAL = (
    r"/(?:(?<=[(=,:\[!&|?{};\n]/)|(?<=[(=,:\[!&|?{};] /)|(?<=return /)|(?<=case /)|(?<=when /)|(?<=  /))"
    r"(?![*/ =\n])(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n]){0,200}+\]){1,500}+/[a-z]*+"
)


@dataclass(frozen=True, slots=True)
class Family:
    """How strings, comments and names are written in a group of languages."""

    comments: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    name_characters: str = "_"
    """Besides letters, digits and everything outside ASCII."""
    string_prefixes: str = ""
    """Letters of which one to three, right before a quote, belong to the string."""
    comment_groups: frozenset[str] = field(init=False)
    """Names of the (empty) groups that have matched when a region is a comment."""
    regions: re.Pattern[str] = field(init=False)
    """Finds the next string or comment."""

    def __post_init__(self) -> None:
        groups = [f"comment{index}" for index in range(len(self.comments))]
        comments = [f"{pattern}(?P<{group}>)" for pattern, group in zip(self.comments, groups, strict=True)]
        expression = "|".join([*comments, *self.strings]) or "(?!)"
        object.__setattr__(self, "comment_groups", frozenset(groups))
        object.__setattr__(self, "regions", re.compile(expression, re.DOTALL))


_C_COMMENTS = (_SLASHES, _BLOCK)
_RAW_CPP = r'"(?<=R")(?P<cppdelimiter>[^()\\\s"]{0,16})\(.*?(?:\)(?P=cppdelimiter)"|\Z)'
_RAW_RUST = r'#(?<=r#)(?P<rusthashes>#*+)"[^"]*+(?:"(?!#(?P=rusthashes))[^"]*+)*+(?:"#(?P=rusthashes)|\Z)'
_HEREDOC = (
    r"<<(?<![\w)\]]<<)[-~]?(?P<quote>['\"]?)(?P<heredoc>[A-Z_]\w*)(?P=quote)[^\n]*\n"
    r"(?:(?:.*?\n)??[ \t]*(?P=heredoc)\b|.*)"
)

FAMILIES: dict[str, Family] = {
    "c": Family(_C_COMMENTS, (_RAW_CPP, _DOUBLE, _CHARACTER), "_$", "LuUR8"),
    "csharp": Family(
        _C_COMMENTS, (_TRIPLE_DOUBLE, r'"(?<=@")[^"]*+(?:""[^"]*+)*+"?', _DOUBLE, _CHARACTER), "_@", "$@"
    ),
    "jvm": Family(_C_COMMENTS, (_TRIPLE_DOUBLE, _DOUBLE, _CHARACTER), "_$", "sfr"),
    "groovy": Family(_C_COMMENTS, (_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE), "_$"),
    "dart": Family(_C_COMMENTS, (_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE), "_$", "r"),
    "go": Family(_C_COMMENTS, (_DOUBLE, _BACKTICK, _CHARACTER)),
    "rust": Family(_C_COMMENTS, (_RAW_RUST, _DOUBLE_LINES, _CHARACTER), "_", "brc"),
    "swift": Family(_C_COMMENTS, (_TRIPLE_DOUBLE, _DOUBLE), "_"),
    "zig": Family((_SLASHES,), (_DOUBLE, _CHARACTER), "_@"),
    "javascript": Family(_C_COMMENTS, (_DOUBLE, _SINGLE, _TEMPLATE, _REGEX_LITERAL), "_$"),
    "php": Family((*_C_COMMENTS, r"#(?!\[)[^\n]*+"), (_DOUBLE, _SINGLE), "_$"),
    "css": Family((_BLOCK,), (_DOUBLE, _SINGLE), "_-"),
    "scss": Family((r"//(?<!:)[^\n]*+", _BLOCK), (_DOUBLE, _SINGLE), "_-$@"),
    "python": Family((_HASH,), (_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE), "_", "rRbBuUfFtT"),
    "ruby": Family(
        (r"#(?!\{)[^\n]*+", r"=begin(?<=\n=begin)\b.*?(?:\n=end\b[^\n]*|\Z)"),
        (_HEREDOC, _DOUBLE, _SINGLE, _REGEX_LITERAL),
        "_@$",
    ),
    "elixir": Family((r"#(?!\{)[^\n]*+",), (_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE), "_@"),
    "shell": Family((_HASH_WORD,), (_HEREDOC, r"'[^']*+'?", _DOUBLE_LINES), "_"),
    "perl": Family((_HASH_WORD, r"=(?<=\n=)[a-z]\w*.*?(?:\n=cut\b[^\n]*|\Z)"), (_DOUBLE, _SINGLE), "_"),
    "powershell": Family((_HASH, r"<#.*?(?:#>|\Z)"), (r'"[^"]*+"?', r"'[^']*+'?"), "_$-"),
    "lua": Family(
        (r"--\[(?P<luacomment>=*+)\[.*?(?:\](?P=luacomment)\]|\Z)", _DASHES),
        (r"\[(?P<luastring>=*+)\[.*?(?:\](?P=luastring)\]|\Z)", _DOUBLE, _SINGLE),
    ),
    "sql": Family((_DASHES, _BLOCK), (_DOUBLED_SINGLE, _DOUBLED_DOUBLE, r"`[^`\n]*+`?"), "_$@"),
    "haskell": Family(
        (r"--(?![!#$%&*+./<=>?@\\^|~:])[^\n]*+", r"\{-.*?(?:-\}|\Z)"), (_DOUBLE, _CHARACTER), "_'"
    ),
    "ml": Family((_BRACE_STAR, r"//(?<= //)[^\n]*+"), (_TRIPLE_DOUBLE, _DOUBLE_LINES, _CHARACTER), "_'"),
    "lisp": Family((_SEMICOLON, r"#\|.*?(?:\|#|\Z)"), (_DOUBLE_LINES, r"\\[^\s]"), "_-*+/<>=!?&%:"),
    "pascal": Family((_SLASHES, _BRACE_STAR, r"\{[^}]*+\}?"), (r"'[^'\n]*+(?:''[^'\n]*+)*+'?",)),
    "percent": Family((_PERCENT,), (_DOUBLE,), "_"),
    "matlab": Family((_PERCENT,), (r'"[^"\n]*+"?',)),
    "fortran": Family((r"![^\n]*+",), (_DOUBLED_DOUBLE, r"'[^'\n]*+(?:''[^'\n]*+)*+'?")),
    "vhdl": Family((_DASHES,), (r'"[^"\n]*+"?', _CHARACTER)),
    "vim": Family(
        (r'"(?<![^\s]")(?<=\n")[^\n]*+', r'"(?<=  ")[^\n"]*+(?=\n)'), (_DOUBLE, r"'[^'\n]*+'?"), "_:"
    ),
    "batch": Family((r"::[^\n]*+",), (r'"[^"\n]*+"?',), "_"),
    "assembly": Family((_SEMICOLON, *_C_COMMENTS, _HASH_WORD), (_DOUBLE,), "_.$"),
    "julia": Family((r"#=.*?(?:=#|\Z)", _HASH), (_TRIPLE_DOUBLE, _DOUBLE_LINES, _CHARACTER), "_!"),
    "nim": Family((r"#\[.*?(?:\]#|\Z)", _HASH), (_TRIPLE_DOUBLE, _DOUBLE, _CHARACTER)),
    "cmake": Family((r"#\[(?P<cmake>=*+)\[.*?(?:\](?P=cmake)\]|\Z)", _HASH), (_DOUBLE_LINES,), "_"),
    "terraform": Family((_HASH, *_C_COMMENTS), (_HEREDOC, _DOUBLE), "_-"),
    "nix": Family((_HASH, _BLOCK), (_DOUBLE_LINES, r"''[^']*+(?:'(?!')[^']*+)*+(?:'')?"), "_-'"),
    "toml": Family((_HASH,), (_TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, r"'[^'\n]*+'?"), "_-"),
    "hash": Family((_HASH_WORD,), (_TRIPLE_DOUBLE, _DOUBLE, _SINGLE), "_"),
    "ini": Family((_HASH_WORD, r";(?<=\n;)[^\n]*+"), (_DOUBLE,), "_-"),
    "markup": Family((_HTML_COMMENT,), (r'"(?<==")[^"]*+"?', r"'(?<==')[^']*+'?"), "_-"),
    "json": Family(_C_COMMENTS, (_DOUBLE,), "_$"),
    "plain": Family((), (), "_"),
    "generic": Family((_SLASHES, _BLOCK, _HASH_WORD), (_DOUBLE, _CHARACTER), "_$"),
}
"""Families by name."""

_LANGUAGES: dict[str, str] = {
    "c": "c cpp objectivec cuda glsl verilog d solidity protobuf",
    "csharp": "csharp",
    "jvm": "java kotlin scala",
    "groovy": "groovy",
    "dart": "dart",
    "go": "go",
    "rust": "rust",
    "swift": "swift",
    "zig": "zig",
    "javascript": "javascript typescript tsx vue svelte",
    "php": "php",
    "css": "css",
    "scss": "scss less",
    "python": "python starlark",
    "ruby": "ruby crystal",
    "elixir": "elixir",
    "shell": "bash make dockerfile",
    "perl": "perl",
    "powershell": "powershell",
    "lua": "lua",
    "sql": "sql",
    "haskell": "haskell",
    "ml": "ocaml fsharp",
    "lisp": "clojure elisp lisp racket",
    "pascal": "pascal",
    "percent": "erlang prolog tex",
    "matlab": "matlab",
    "fortran": "fortran",
    "vhdl": "vhdl",
    "vim": "vim",
    "batch": "batch",
    "assembly": "assembly",
    "julia": "julia",
    "nim": "nim",
    "cmake": "cmake",
    "terraform": "terraform",
    "nix": "nix",
    "hash": "r yaml graphql awk tcl",
    "toml": "toml",
    "ini": "ini properties dotenv editorconfig",
    "markup": "html xml erb jinja handlebars",
    "json": "json",
    "plain": "text csv markdown rst asciidoc org",
}

_FAMILY_OF = {language: family for family, languages in _LANGUAGES.items() for language in languages.split()}


def family_of(language: str | None) -> str:
    """Name the family of a language of `indexer.languages`; ``generic`` for None and for unknown names."""
    return _FAMILY_OF.get(language or "", "generic")
