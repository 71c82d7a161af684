"""How a comment is written in a language, so that a credit or a remark can be put above a line."""

_LINE = {
    "#": "python ruby bash make dockerfile perl powershell yaml toml r elixir julia nim cmake terraform nix starlark "
    "crystal graphql awk tcl fish gdscript",
    "--": "sql lua haskell vhdl ada elm purescript",
    ";": "clojure elisp lisp racket scheme ini assembly",
    "%": "erlang prolog tex matlab",
    '"': "vim",
    "!": "fortran",
    "REM": "batch",
}
_BLOCK = {
    ("/*", "*/"): "css",
    ("<!--", "-->"): "html xml markdown vue svelte",
    ("(*", "*)"): "ocaml",
}
_LINE_OF = {language: mark for mark, languages in _LINE.items() for language in languages.split()}
_BLOCK_OF = {language: marks for marks, languages in _BLOCK.items() for language in languages.split()}


def comment(text: str, language: str | None) -> str:
    """Return a line as a comment; ``//`` where the language's own mark is not known.

    What would end a comment early, or begin another line, is taken out.
    """
    text = " ".join(text.split())
    block = _BLOCK_OF.get(language or "")
    if block is None:
        return f"{_LINE_OF.get(language or '', '//')} {text}".rstrip()
    opener, closer = block
    return f"{opener} {text.replace(closer, ' ').replace('--', '-')} {closer}"
