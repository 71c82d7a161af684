"""Writes an edit in the forms in which models answer; each is read back by the tests."""

import re
from collections.abc import Callable

from assistant.recipes.patches import FileChange, unified_diff

PROSE = "Here is the change you asked for. It keeps the rest.\n\n"
AFTER = "\n\nLet me know if - or when - you want more.\n"


def fenced(text: str, language: str = "diff") -> str:
    longest = max((len(run) for run in re.findall(r"^`{3,}", text, re.MULTILINE)), default=2)
    mark = "`" * max(3, longest + 1)
    return f"{PROSE}{mark}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{mark}{AFTER}"


def git_diff(path: str, old: str, new: str) -> str:
    return fenced(unified_diff(FileChange(path, old, new)))


def plain_diff(path: str, old: str, new: str) -> str:
    return PROSE + unified_diff(FileChange(path, old, new)) + AFTER


def much_context(path: str, old: str, new: str) -> str:
    return fenced(unified_diff(FileChange(path, old, new), context_lines=12))


def wrong_numbers_and_counts(path: str, old: str, new: str) -> str:
    diff = unified_diff(FileChange(path, old, new))
    return fenced(re.sub(r"^@@ .* @@$", "@@ -1,99 +7,98 @@ def somewhere():", diff, flags=re.MULTILINE))


def no_file_header(path: str, old: str, new: str) -> str:
    diff = unified_diff(FileChange(path, old, new))
    return fenced(diff[diff.index("@@ ") :])


def bare_hunk_marks(path: str, old: str, new: str) -> str:
    diff = unified_diff(FileChange(path, old, new))
    return fenced(re.sub(r"^@@ .* @@$", "@@", diff, flags=re.MULTILINE))


def dotted_hunk_marks(path: str, old: str, new: str) -> str:
    diff = unified_diff(FileChange(path, old, new))
    return fenced(re.sub(r"^@@ .* @@$", "@@ ... @@", diff, flags=re.MULTILINE))


def windows_line_ends(path: str, old: str, new: str) -> str:
    return git_diff(path, old, new).replace("\r\n", "\n").replace("\n", "\r\n")


def stripped_blank_context(path: str, old: str, new: str) -> str:
    return re.sub(r"^ +$", "", git_diff(path, old, new), flags=re.MULTILINE)


def context_without_prefix(path: str, old: str, new: str) -> str:
    diff = unified_diff(FileChange(path, old, new))
    start = diff.index("@@ ")
    return fenced(diff[:start] + re.sub(r"^ ", "", diff[start:], flags=re.MULTILINE))


def apply_patch(path: str, old: str, new: str) -> str:
    diff = unified_diff(FileChange(path, old, new))
    body = re.sub(r"^@@ .* @@$", "@@", diff[diff.index("@@ ") :], flags=re.MULTILINE)
    body = body.replace("\\ No newline at end of file\n", "")
    return f"{PROSE}*** Begin Patch\n*** Update File: {path}\n{body}*** End Patch\n{AFTER}"


def search_and_replace(path: str, old: str, new: str) -> str:
    """One block a hunk, as aider asks for them."""
    diff = unified_diff(FileChange(path, old, new))
    parts = [PROSE]
    for hunk in re.split(r"^@@ .* @@\n", diff, flags=re.MULTILINE)[1:]:
        lines = [line for line in hunk.split("\n")[:-1] if not line.startswith("\\")]
        before = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
        after = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
        parts.append(f"{path}\n<<<<<<< SEARCH\n{before}=======\n{after}>>>>>>> REPLACE\n\n")
    return "".join(parts) + AFTER


def whole_file(path: str, old: str, new: str) -> str:
    return fenced(new, f"python {path}")


Form = Callable[[str, str, str], str]

NUMBERED: tuple[Form, ...] = (
    git_diff,
    plain_diff,
    much_context,
    no_file_header,
    windows_line_ends,
    stripped_blank_context,
)
"""Forms with true line numbers: they can always be placed."""

UNNUMBERED: tuple[Form, ...] = (
    wrong_numbers_and_counts,
    bare_hunk_marks,
    dotted_hunk_marks,
    context_without_prefix,
    apply_patch,
    search_and_replace,
)
"""Forms without: what fits in several places is refused."""
