"""Turns what an answer proposes into the new text of a file, or says why it cannot.

Nothing is guessed: every hunk must fit in exactly one place, a piece of code must replace a definition that exists,
code that was left out ("... rest as before") is refused.
"""

import difflib
import itertools
import re
from collections.abc import Sequence

from assistant.recipes.edits import Hunk, Proposal
from assistant.recipes.errors import EditError
from assistant.recipes.locating import Located, locate
from assistant.recipes.texts import Lines, Splice, spliced

_MAX_ALIGNED_LINES = 3_000
"""Above this, aligning a quote with its replacement line by line takes seconds."""

_THINGS = r"(?:code|file|class|functions?|methods?|implementation|imports?|logic|body|tests?|module|content)"
_ELISION = re.compile(
    r"\s*(?:#|//|/\*+|\*|--|<!--|;+|%+|\{/\*)\s*\(?(?:"
    r"(?:\.\.\.|…).*"
    r"|.*\b(?:rest|remaining|remainder|existing|unchanged|other|previous|same|here|before|keep)\b.*(?:\.\.\.|…)"
    rf"|(?:the )?(?:rest|remainder) of (?:the |this )?(?:\w+ )?{_THINGS}\b.*"
    rf"|(?:existing|remaining|previous|other) {_THINGS}(?: (?:here|unchanged|remains?|stays?|goes|as|is|are)\b.*)?"
    r"|unchanged(?: code)?|omitted(?: for brevity)?|same as (?:before|above)|no changes?(?: here)?"
    r"|keep (?:the )?(?:existing|rest)\b.*"
    r")\)?\s*(?:\*/\}?|-->)?\s*\Z",
    re.IGNORECASE,
)


def edits_for(proposal: Proposal, path: str) -> tuple[list[Hunk], list[str]]:
    """Return the hunks that are meant for a file, each once, and the other files that the answer would change.

    :raises EditError: if the answer would remove the file.
    """
    hunks: list[Hunk] = []
    others: list[str] = []
    for edit in proposal.edits:
        if edit.path is not None and not same_file(edit.path, path):
            others.append(edit.path)
        elif edit.deletes:
            raise EditError(f"the answer would remove {path}; that is not done")
        else:
            hunks += [hunk for hunk in edit.hunks if hunk not in hunks]
    return hunks, list(dict.fromkeys(others))


def same_file(given: str, path: str) -> bool:
    """Tell whether a path from an answer stands for a file, though it may have more or fewer folders."""
    given = given.replace("\\", "/").removeprefix("./").rstrip("/")
    return given == path or path.endswith("/" + given) or given.endswith("/" + path)


def apply_hunks(text: str, hunks: Sequence[Hunk], span: tuple[int, int] | None = None) -> str:
    """Return a text with hunks applied.

    They are placed in the text as it is; if one of them only fits after those before it, they are applied in turn.

    :param span: (first, last) line of the selection, 1-based.
    :raises EditError: if one fits nowhere or in several places, or two of them change the same lines.
    """
    try:
        return _apply_at_once(text, hunks, span)
    except EditError:
        if len(hunks) == 1:
            raise
        for number, hunk in enumerate(hunks):
            try:
                text = _apply_at_once(text, [_without_line(hunk)] if number else [hunk], span)
            except EditError:
                break
        else:
            return text
        raise


def _without_line(hunk: Hunk) -> Hunk:
    """Forget where a hunk was in the file that earlier hunks have changed since."""
    return Hunk(hunk.readings, None, hunk.final_newline)


def _apply_at_once(text: str, hunks: Sequence[Hunk], span: tuple[int, int] | None) -> str:
    lines = Lines.of(text)
    splices: list[Splice] = []
    final_newline: bool | None = None
    for hunk in hunks:
        located = locate(hunk, lines.texts, span)
        refuse_elision(located.after, lines.texts)
        splices += [splice for splice in _changes(located) if splice not in splices]
        if located.end == len(lines.texts) and hunk.final_newline is not None:
            final_newline = hunk.final_newline
    splices.sort(key=lambda splice: (splice.start, splice.end))
    for first, second in itertools.pairwise(splices):
        if second.start < first.end or second.start == first.start:
            raise EditError(f"two parts of the answer change line {second.start + 1}; run the recipe again")
    return spliced(lines, splices, final_newline)


def _changes(located: Located) -> list[Splice]:
    """Return only what differs, so that the lines around stay as the file has them."""
    before, after = located.before, located.after
    if len(before) + len(after) > _MAX_ALIGNED_LINES:
        return [Splice(located.start, located.end, after)]
    matcher = difflib.SequenceMatcher(None, before, located.quoted_after, autojunk=False)
    return [
        Splice(located.start + old_start, located.start + old_end, after[new_start:new_end])
        for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]


def refuse_elision(after: Sequence[str], original: Sequence[str]) -> None:
    """Make sure that no line stands for code that was left out.

    :raises EditError: naming that line.
    """
    known = {line.strip() for line in original}
    for line in after:
        if _ELISION.match(line) and line.strip() not in known:
            raise EditError(
                f'the answer leaves code out ("{line.strip()[:60]}"); run the recipe again, on fewer lines'
            )
