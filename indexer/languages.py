"""Which language a file is written in: by its name, its suffix, its shebang or, for ``.h``, its first bytes.

The first step after discovery; `indexer.chunking` picks the grammar by the language's name. It never opens a
file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class LanguageKind(Enum):
    """What a file of the language mostly holds."""

    CODE = "code"
    DOCS = "docs"
    MARKUP = "markup"
    CONFIG = "config"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its canonical name, such as ``python``, ``csharp``, ``cpp``, ``tsx`` or ``text``."""

    name: str
    kind: LanguageKind


_NAMES: dict[LanguageKind, str] = {
    LanguageKind.CODE: (
        "python javascript typescript tsx go rust java kotlin scala c cpp csharp ruby php swift elixir "
        "haskell lua bash zig sql css perl r julia dart clojure erlang ocaml fsharp groovy powershell vim "
        "objectivec elisp nim d fortran pascal assembly cmake make dockerfile terraform protobuf graphql nix "
        "solidity batch awk starlark crystal scss less cuda glsl verilog vhdl tcl prolog lisp racket matlab"
    ),
    LanguageKind.DOCS: "markdown rst asciidoc org tex",
    LanguageKind.MARKUP: "html vue svelte xml erb jinja handlebars",
    LanguageKind.CONFIG: "json yaml toml ini properties dotenv editorconfig",
    LanguageKind.TEXT: "text csv",
}

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {name: Language(name, kind) for kind, names in _NAMES.items() for name in names.split()}
)
"""Every known language by its canonical name."""

TEXT = LANGUAGES["text"]

_SUFFIXES: dict[str, str] = {
    "python": "py pyi pyw pyx pxd",
    "javascript": "js jsx mjs cjs es6",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "go": "go",
    "rust": "rs",
    "java": "java",
    "kotlin": "kt kts",
    "scala": "scala sc sbt",
    "c": "c",
    "cpp": "cc cpp cxx c++ hpp hh hxx h++ ipp inl tpp tcc ixx cppm",
    "cuda": "cu cuh",
    "csharp": "cs csx",
    "ruby": "rb rake gemspec ru podspec rbi",
    "php": "php phtml php3 php4 php5 php7 phps inc",
    "swift": "swift",
    "elixir": "ex exs",
    "haskell": "hs hs-boot hsc",
    "lua": "lua rockspec luau",
    "bash": "sh bash zsh ksh bats ebuild",
    "zig": "zig zon",
    "sql": "sql ddl psql pgsql",
    "css": "css",
    "scss": "scss sass",
    "less": "less",
    "perl": "pl pm t",
    "r": "r rmd",
    "julia": "jl",
    "dart": "dart",
    "clojure": "clj cljs cljc edn",
    "erlang": "erl hrl",
    "ocaml": "ml mli",
    "fsharp": "fs fsi fsx",
    "groovy": "groovy gradle",
    "powershell": "ps1 psm1 psd1",
    "vim": "vim",
    "objectivec": "m mm",
    "elisp": "el",
    "nim": "nim",
    "d": "d",
    "fortran": "f90 f95 f03 f for",
    "pascal": "pas pp",
    "assembly": "s asm",
    "cmake": "cmake",
    "make": "mk mak",
    "dockerfile": "dockerfile",
    "terraform": "tf hcl tfvars",
    "protobuf": "proto",
    "graphql": "graphql gql",
    "nix": "nix",
    "solidity": "sol",
    "batch": "bat cmd",
    "awk": "awk",
    "starlark": "bzl star bazel",
    "crystal": "cr",
    "glsl": "glsl vert frag",
    "verilog": "v sv svh",
    "vhdl": "vhd vhdl",
    "tcl": "tcl",
    "prolog": "pro",
    "lisp": "lisp lsp cl",
    "racket": "rkt scm",
    "matlab": "matlab",
    "markdown": "md markdown mdown mkd mdx qmd",
    "rst": "rst rest",
    "asciidoc": "adoc asciidoc",
    "org": "org",
    "tex": "tex sty cls bib",
    "html": "html htm xhtml",
    "vue": "vue",
    "svelte": "svelte",
    "xml": "xml xsd xsl xslt svg pom csproj fsproj vbproj props targets plist wsdl resx xaml",
    "erb": "erb ejs eex heex leex",
    "jinja": "j2 jinja jinja2 twig liquid",
    "handlebars": "hbs handlebars mustache",
    "json": "json jsonc json5 jsonl ndjson geojson webmanifest ipynb avsc",
    "yaml": "yaml yml",
    "toml": "toml",
    "ini": "ini cfg conf cnf",
    "properties": "properties",
    "csv": "csv tsv",
    "text": "txt text log",
}

_FILE_NAMES: dict[str, str] = {
    "python": "sconstruct sconscript wscript",
    "ruby": "rakefile gemfile guardfile vagrantfile podfile brewfile capfile thorfile fastfile dangerfile",
    "bash": ".bashrc .bash_profile .bash_aliases .profile .zshrc .zshenv .zprofile pkgbuild apkbuild",
    "make": "makefile gnumakefile bsdmakefile",
    "cmake": "cmakelists.txt",
    "dockerfile": "dockerfile containerfile",
    "groovy": "jenkinsfile",
    "starlark": "build workspace module.bazel tiltfile",
    "elixir": "mix.lock",
    "json": ".eslintrc .prettierrc .babelrc composer.lock pipfile.lock flake.lock deno.lock",
    "yaml": ".clang-format .clang-tidy",
    "toml": "cargo.lock poetry.lock uv.lock pipfile",
    "ini": ".gitconfig .gitmodules .npmrc .flake8 .pylintrc .coveragerc setup.cfg",
    "dotenv": ".env .env.example .env.sample .env.local",
    "editorconfig": ".editorconfig",
    "vim": ".vimrc _vimrc",
}

_ALIASES: dict[str, str] = {
    "python": "py python3",
    "javascript": "js jsx node ecmascript mjs cjs",
    "typescript": "ts",
    "go": "golang",
    "rust": "rs",
    "kotlin": "kt",
    "cpp": "c++ cxx cc",
    "csharp": "c# cs c-sharp c_sharp dotnet",
    "ruby": "rb",
    "elixir": "ex exs",
    "haskell": "hs",
    "bash": "sh shell zsh shellscript",
    "markdown": "md",
    "rst": "restructuredtext",
    "yaml": "yml",
    "html": "htm",
    "objectivec": "objc objective-c obj-c",
    "fsharp": "f# fs",
    "powershell": "ps1 pwsh",
    "terraform": "tf hcl",
    "protobuf": "proto",
    "text": "txt plain plaintext",
    "make": "makefile",
    "dockerfile": "docker",
    "perl": "pl",
    "julia": "jl",
    "clojure": "clj",
    "erlang": "erl",
    "ocaml": "ml",
    "tex": "latex",
    "sql": "postgresql mysql plsql",
    "assembly": "asm",
}

_INTERPRETERS: dict[str, str] = {
    "python": "python pypy uv",
    "javascript": "node nodejs bun",
    "typescript": "deno ts-node tsx",
    "ruby": "ruby jruby macruby rake",
    "php": "php",
    "bash": "sh bash zsh dash ksh ash mksh bats",
    "lua": "lua luajit texlua",
    "elixir": "elixir",
    "haskell": "runhaskell runghc stack",
    "scala": "scala amm scala-cli",
    "swift": "swift",
    "kotlin": "kotlin kotlinc",
    "groovy": "groovy",
    "perl": "perl",
    "r": "rscript",
    "julia": "julia",
    "awk": "awk gawk mawk",
    "tcl": "tclsh wish",
    "make": "make",
    "powershell": "pwsh",
    "racket": "racket",
    "nix": "nix-shell",
}


def _inverted(table: Mapping[str, str]) -> dict[str, Language]:
    return {word: LANGUAGES[name] for name, words in table.items() for word in words.split()}


_BY_SUFFIX = _inverted(_SUFFIXES)
_BY_FILE_NAME = _inverted(_FILE_NAMES)
_BY_ALIAS = _inverted(_ALIASES) | dict(LANGUAGES)
_BY_INTERPRETER = _inverted(_INTERPRETERS)

_CPP_HEADER = re.compile(
    rb"^[ \t]*(?:class|namespace|template|using|public:|private:|protected:|constexpr|concept)\b"
    rb"|^[ \t]*(?:public|private|protected)[ \t]*:"
    rb"|^[ \t]*#[ \t]*include[ \t]*<(?:[a-z_]+|[\w/.-]+\.(?:hpp|hh|hxx))>"
    rb"|\bstd::|\benum[ \t]+class\b|\bvirtual\b|\boperator[ \t]*[=+\-*/<>(\[]|\bnoexcept\b",
    re.MULTILINE,
)
_OBJECTIVE_C = re.compile(
    rb"^[ \t]*(?:@interface|@protocol|@implementation|@class|@end|#[ \t]*import)\b", re.MULTILINE
)
_SHEBANG_VERSION = re.compile(r"[-.]?\d[\d.]*$")


def language_of(path: str, head: bytes = b"") -> Language:
    r"""Name the language of a file.

    The file's name decides first, then its suffix (of ``a.blade.php`` the last), then a shebang.

    :param path: the file's path, with ``/`` or ``\`` between folders; only the last part is looked at.
    :param head: the file's first bytes (a few thousand do), for shebangs and for ``.h`` and ``.m``; may be
        empty.
    :return: the language; ``text`` when nothing tells.
    """
    name = re.split(r"[/\\]", path)[-1].lower()
    found = _BY_FILE_NAME.get(name)
    if found is not None:
        return found
    stem, dot, suffix = name.rpartition(".")
    if dot and stem:
        if suffix == "h":
            return _header(head)
        found = _BY_SUFFIX.get(suffix)
        if found is not None:
            return found
    if name.startswith(("dockerfile.", "containerfile.")):
        return LANGUAGES["dockerfile"]
    if name.startswith("makefile."):
        return LANGUAGES["make"]
    return _by_shebang(head) or TEXT


def language_named(name: str) -> Language | None:
    """Find a language by the name that a person types in a ``lang:`` filter.

    :param name: a canonical name or an alias (``py``, ``c++``, ``golang``), in any case.
    :return: the language, or None when no language is called so.
    """
    return _BY_ALIAS.get(name.strip().lower())


def _header(head: bytes) -> Language:
    """Tell C, C++ and Objective-C apart by the first bytes of a ``.h`` file."""
    if _OBJECTIVE_C.search(head):
        return LANGUAGES["objectivec"]
    return LANGUAGES["cpp" if _CPP_HEADER.search(head) else "c"]


def _by_shebang(head: bytes) -> Language | None:
    """Read the interpreter from ``#!/usr/bin/env -S node`` and the like."""
    if not head.startswith(b"#!"):
        return None
    words = head[2:256].split(b"\n", 1)[0].decode("latin-1").split()
    for word in words:
        program = word.rsplit("/", 1)[-1].lower()
        if program == "env" or word.startswith("-") or "=" in word:
            continue
        return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(_SHEBANG_VERSION.sub("", program))
    return None
