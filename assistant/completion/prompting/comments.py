"""Other files' lines as comments, for models that are given one file only."""

_MARKS = {
    "#": "python ruby bash make dockerfile perl powershell yaml toml r elixir julia nim cmake terraform nix starlark "
    "crystal graphql awk tcl",
    "--": "sql lua haskell vhdl",
    ";": "clojure elisp lisp racket ini assembly",
    "%": "erlang prolog tex matlab",
    '"': "vim",
    "!": "fortran",
}
_MARK_OF = {language: mark for mark, languages in _MARKS.items() for language in languages.split()}


def commented(text: str, language: str | None) -> str:
    """Return every line of a text as a line comment of a language; ``//`` where its own mark is not known."""
    mark = _MARK_OF.get(language or "", "//")
    return "\n".join(f"{mark} {line}".rstrip() for line in text.split("\n"))
