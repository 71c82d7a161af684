"""From an answer to a checked change of one file: what fits is applied to the text in memory, then looked at.

The result must parse no worse than before, must not write what stands for a redacted secret into the file, and must
keep what the recipe promises: only comments, or nothing but additions. Nothing here touches the disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.recipes.blocks import choose_blocks, place_block
from assistant.recipes.edits import Block, Proposal, parse_answer
from assistant.recipes.errors import EditError
from assistant.recipes.patches import FileChange
from assistant.recipes.rewriting import apply_hunks, edits_for
from assistant.recipes.texts import kept_lines
from indexer.chunking import ParsedSource, parse_source
from indexer.languages import Language, language_of


@dataclass(frozen=True, slots=True)
class EditTask:
    """The file that an answer may change, and how."""

    path: str
    text: str
    """What the file holds now."""
    span: tuple[int, int] | None = None
    """(first, last) line of the target, 1-based; None: the whole file."""
    span_is_definition: bool = False
    only_comments: bool = False
    placeholders: frozenset[str] = field(default_factory=frozenset)
    """What stood for secrets in the text that was sent."""

    @property
    def language(self) -> Language:
        """The file's language."""
        return language_of(self.path, self.text[:4096].encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Checked:
    """A change that can be shown and applied."""

    change: FileChange
    notes: tuple[str, ...] = ()


def change_of(answer: str, task: EditTask) -> Checked:
    """Turn an answer into a checked change.

    :raises EditError: if it holds no change, one that does not fit, or one that may not be made.
    """
    proposal = parse_answer(answer)
    hunks, others = edits_for(proposal, task.path)
    if hunks:
        new = apply_hunks(task.text, hunks, task.span)
    else:
        new = _from_blocks(proposal, task, others)
    if new == task.text:
        raise EditError("the answer changes nothing")
    check(task, new)
    notes = [f"the answer also changes {', '.join(others)}; that is left out"] if others else []
    return Checked(FileChange(task.path, task.text, new), tuple(notes))


def _from_blocks(proposal: Proposal, task: EditTask, others: Sequence[str]) -> str:
    blocks = choose_blocks(proposal.blocks, task.path, task.text)
    if not blocks:
        if others:
            raise EditError(
                f"the answer changes {', '.join(others[:3])} and not {task.path}; run the recipe on that file"
            )
        raise EditError("the answer holds no change of the file")
    new = _placed(blocks, task)
    if len(blocks) > 1 and new != _placed(blocks[::-1], task):
        raise EditError("the answer holds several versions of the same code; run the recipe again")
    return new


def _placed(blocks: Sequence[Block], task: EditTask) -> str:
    text = task.text
    for block in blocks:
        text = place_block(
            block, text, task.language, task.path, task.span, span_is_definition=task.span_is_definition
        )
    return text


def check(task: EditTask, new: str) -> None:
    """Check the new text of a file.

    :raises EditError: if it may not be written.
    """
    for placeholder in task.placeholders:
        if new.count(placeholder) > task.text.count(placeholder):
            raise EditError(
                "the answer repeats text that was redacted before it was sent; run the recipe on lines without secrets"
            )
    before, after = _parsed(task.text, task.language), _parsed(new, task.language)
    if after.problems > before.problems:
        raise EditError(
            f"with the change {task.path} would have {after.problems - before.problems} more syntax errors; "
            "run the recipe again"
        )
    if task.only_comments and _code(task.text, before) != _code(new, after):
        raise EditError("the answer changes more than comments; run the recipe again, or use `edit`")


def _parsed(text: str, language: Language) -> ParsedSource:
    return parse_source(text.encode("utf-8", "replace"), language)


def _code(text: str, parsed: ParsedSource) -> str:
    """Return a text without its comments and white space."""
    raw = text.encode("utf-8", "replace")
    parts, at = [], 0
    for start, end in sorted(parsed.comments):
        parts.append(raw[at : max(start, at)])
        at = max(at, end)
    parts.append(raw[at:])
    return b"".join(parts).decode("utf-8", "replace").translate({ord(char): None for char in " \t\r\n\f"})


def refuse_removals(change: FileChange, language: Language) -> None:
    """Make sure that a change only adds; a line that imports may be replaced by another one.

    :raises EditError: if it takes a line away.
    """
    old, new = kept_lines(change.old or ""), kept_lines(change.new or "")
    imports = {found.line - 1 for found in _parsed(change.old or "", language).imports}
    at = 0
    for number, line in enumerate(old):
        try:
            at = new.index(line, at) + 1
        except ValueError:
            ended = line + "\n" if not line.endswith("\n") else line
            if number == len(old) - 1 and ended in new[at:]:
                return
            if number not in imports:
                raise EditError(
                    f"the answer changes line {number + 1} of {change.path}, which may only be added to; "
                    "run the recipe again"
                ) from None
