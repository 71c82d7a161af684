"""Pasted stack traces and compiler messages: their frames, newest first, and the raising line.

Pure text in, frames out. Which of the frames lie in the repository, :mod:`assistant.retrieval.frames` finds out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_MAX_LINES = 5_000
_MAX_LINE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as the trace names it."""

    path: str
    """With ``/`` between folders and without scheme; for Java and its kin the package's folders and the file's name."""
    line: int
    function: str


_TOKEN = r"(?:(?<![^\s(\"'<>|,`])|(?<=^))(?P<path>(?:[A-Za-z]:)?[^\s:()'\"<>|,`]+\.[A-Za-z]\w{0,9})"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # Python:  File "a/b.py", line 3, in name
        r'File "(?P<path>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>\S+))?',
        # Java, Kotlin, Scala:  at app//java.base/pkg.Class.method(File.java:12)
        r"\bat (?:[\w.@-]*/{1,2})*(?P<jvm>[\w$.<>]+)\((?P<path>[\w$-]+\.\w+):(?P<line>\d+)\)",
        # JavaScript:  at async name [as other] (path:1:2)
        r"\bat (?:async |new )*(?P<function>[^\s(]+)(?: \[as [^\]]*\])? \((?P<path>[^()]+?):(?P<line>\d+):\d+\)",
        # JavaScript:  at webpack:///./path:1:2   name@http://host/path:1:2
        r"(?:(?P<function>[\w.$<>/*]*)@)?\b(?P<path>[a-z][a-z-]*:/{1,3}(?:\([\w-]+\)/)?[^\s()]+?):(?P<line>\d+)(?::\d+)?(?=[)\s,]|$)",
        # C#:  at Name(String a) in /path/File.cs:line 12
        r"(?:\bat (?P<function>\S+)\([^)]*\) )?\bin (?P<path>\S[^:]*(?::[\\/][^:]*)?):line (?P<line>\d+)",
        # Ruby:  path.rb:12:in `name'
        rf"{_TOKEN}:(?P<line>\d+):in [`'](?P<function>[^']+)'",
        # PHP:  #0 /path/file.php(12): name()     tsc, MSVC, C#:  path.ts(12,5): error
        rf"{_TOKEN}\((?P<line>\d+)(?:,\d+)*\)(?: ?: (?P<function>[\w\\:>-]+(?=\())?)",
        # PHP, Node:  in /path/file.php on line 12      Perl:  at script.pl line 12
        r"\b(?:in|at) (?P<path>(?:[A-Za-z]:)?[^\s:()'\"<>|]+\.\w+)(?: on)? line (?P<line>\d+)",
        # Shell:  ./build.sh: line 12: foo: command not found
        rf"{_TOKEN}: line (?P<line>\d+)\b",
        # Elixir:  (app 1.0) lib/a.ex:12: Mod.fun/1
        rf"{_TOKEN}:(?P<line>\d+): (?P<function>[\w.?!]+/\d+)",
        # Go, Rust, C, compilers, anything:  path.ext:12[:3]
        rf"{_TOKEN}:(?P<line>\d+)(?::\d+)?(?![\w.])",
    )
)
_NEWEST_LAST = re.compile(
    r"most recent call last|^[\s|+]*File \"[^\"]+\", line \d|^\S+\.py:\d+: in \w", re.MULTILINE
)
_INCLUDED = re.compile(r"\s*(?:In file included )?from [^\s:]+:\d+(?::\d+)?[,:]\s*$")
_SIGN = re.compile(
    r"most recent call last\)|^\s*at \S+.*[:(]\d+|^[\s|]*File \"[^\"]+\", line \d|goroutine \d+ \[|panicked at "
    r"|stack backtrace:|^#\d+ |Exception in thread|:\d+:in [`']|^\s*--> \S+:\d+:\d+"
    r"|^\s+\(?[^\s()]+[^()\n]*\) \S+\.exs?:\d+:"
    r"|^(?:[A-Za-z]:)?[^\s:][^:\n]*(?::\d+(?::\d+)?|\(\d+(?:,\d+)*\)) ?(?::|-)"
    r" (?:fatal |internal )?(?:error|warning|note|panic)\b"
    r"|^\S+\.php on line \d+|^E\s{3}|Uncaught \w+|: line \d+: ",
    re.MULTILINE | re.IGNORECASE,
)
_SCHEME = re.compile(
    r"^(?:\([\w-]+\)/|[a-z][a-z-]*:/{2,3}(?:\([\w-]+\)/)?|webpack-internal:|file:)(?=\S)", re.IGNORECASE
)
_HOST = re.compile(r"^(?:https?|wss?|webpack|app|turbopack)://(?P<host>[^/]*)/", re.IGNORECASE)
_DRIVE = re.compile(r"/[A-Za-z]:/")


def is_trace(text: str) -> bool:
    """Tell whether a text is a stack trace or compiler output: a frame, and a second sign of one."""
    text = _unescaped(text[: _MAX_LINES * 80])
    signs = _SIGN.search(text)
    if not signs and "\n" not in text.strip():
        return False
    found = frames(text)
    return bool(found) and (bool(signs) or len(found) > 1)


def frames(text: str) -> list[Frame]:
    """Return the frames of a trace, newest (innermost) first, each place once; where headers were included last."""
    text = _unescaped(text)
    found: dict[tuple[str, int], Frame] = {}
    included: dict[tuple[str, int], Frame] = {}
    for line in text.splitlines()[:_MAX_LINES]:
        line = line[:_MAX_LINE_CHARS]
        into = included if _INCLUDED.match(line) else found
        for frame in _frames_of(line):
            into.setdefault((frame.path, frame.line), frame)
    in_order = list(found.values())
    if _NEWEST_LAST.search(text):
        in_order.reverse()
    return in_order + [frame for place, frame in included.items() if place not in found]


def message(text: str) -> str:
    """Return what a trace says went wrong: its lines without frames, without those of code, at most 300 characters."""
    lines = [line[:_MAX_LINE_CHARS] for line in _unescaped(text).splitlines()[:_MAX_LINES]]
    said = [
        line.strip()
        for line in lines
        if line
        and not line[0].isspace()
        and not next(_frames_of(line), None)
        and not _NEWEST_LAST.search(line)
    ]
    chosen = said[-1:] if _NEWEST_LAST.search(text) else said[:1]
    return " ".join(chosen)[:300]


def _unescaped(text: str) -> str:
    r"""Undo the ``\n`` of a trace that was copied out of a JSON log."""
    if text.count("\\n") > 1 and text.strip().count("\n") == 0:
        text = text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    return text


def _frames_of(line: str) -> Iterator[Frame]:
    taken: list[tuple[int, int]] = []
    found = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(line):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            if frame := _frame(match):
                found.append((match.start(), frame))
    found.sort(key=lambda item: item[0])
    return iter([frame for _, frame in found])


def _frame(match: re.Match[str]) -> Frame | None:
    groups = match.groupdict()
    path, function, line = _cleaned(groups["path"]), groups.get("function") or "", int(match["line"][:9])
    if qualified := groups.get("jvm"):
        function = qualified
        packages = []
        for part in qualified.split(".")[:-1]:
            if part[:1].isupper():
                break
            packages.append(part)
        path = "/".join([*packages, path])
    return Frame(path, line, function.strip()) if path else None


def _cleaned(path: str) -> str:
    """Return a frame's path without scheme, host and query; empty for what is no file."""
    path = path.strip().replace("\\", "/")
    if path.startswith(("<", "node:", "internal/")) or (path.startswith("http") and path.count("/") < 3):
        return ""
    if host := _HOST.match(path):
        path = path[host.end() :]
    elif scheme := _SCHEME.match(path):
        path = unquote(path[scheme.end() - (path[scheme.end() - 1] == "/" and path.startswith("file")) :])
    path = path.partition("?")[0]
    if _DRIVE.match(path):
        path = path[1:]
    while path.startswith(("./", "(")):
        path = path[2:] if path.startswith("./") else path.partition("/")[2]
    return path
