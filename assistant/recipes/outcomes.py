"""What an answer becomes when it is complete: findings, a commit message, a checked change, or a refusal."""

from dataclasses import dataclass

from assistant.answers.citations import Summary
from assistant.recipes.additions import added_tests, new_test_file
from assistant.recipes.changes import Checked, EditTask, change_of
from assistant.recipes.commit_style import message_of, problems_of, style_of
from assistant.recipes.errors import EditError
from assistant.recipes.events import Change, Explained, Found, Message, Refused, Result
from assistant.recipes.findings import findings_of
from assistant.recipes.gathering import Gathered, Workspace
from assistant.recipes.model import Mode, OutputFormat, Recipe
from assistant.recipes.patches import unified_diff
from assistant.recipes.targets import Target, read_target


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer that has come to its end."""

    text: str
    finish_reason: str
    summary: Summary | None
    """Of its citations, if it was shown as it came."""


def result_of(
    answer: Streamed,
    recipe: Recipe,
    target: Target | None,
    gathered: Gathered,
    workspace: Workspace,
    placeholders: frozenset[str],
) -> tuple[Result, tuple[str, ...]]:
    """Return what an answer becomes, and what the user should know about it."""
    was_cut = answer.finish_reason == "length"
    if recipe.mode is not Mode.ANSWER:
        assert target is not None
        if was_cut:
            return Refused("the answer was cut off at max_tokens; run the recipe on fewer lines"), ()
        try:
            return _change(answer.text, recipe, target, gathered, workspace, placeholders)
        except EditError as error:
            return Refused(str(error)), ()
    notes = ("the answer was cut off at max_tokens",) if was_cut else ()
    if recipe.output.format is OutputFormat.FINDINGS:
        return Found(findings_of(answer.text, _shown_lines(target, gathered))), notes
    if recipe.output.format is OutputFormat.COMMIT_MESSAGE:
        message = message_of(answer.text)
        if not message:
            return Refused("the answer holds no message; run the recipe again"), notes
        return Message(message, tuple(problems_of(message, gathered.style or style_of(())))), notes
    assert answer.summary is not None
    return Explained(answer.summary), notes


def _shown_lines(target: Target | None, gathered: Gathered) -> dict[str, frozenset[int]]:
    """Return the lines that a finding may name: those of the diff, else those of the target."""
    if gathered.diff:
        shown: dict[str, frozenset[int]] = {}
        for file in gathered.diff:
            shown[file.path] = shown.get(file.path, frozenset()) | file.new_lines
        return shown
    if target is None:
        return {}
    start, end = target.lines
    return {target.path or "standard input": frozenset(range(start, end + 1))}


def _change(
    answer: str,
    recipe: Recipe,
    target: Target,
    gathered: Gathered,
    workspace: Workspace,
    placeholders: frozenset[str],
) -> tuple[Result, tuple[str, ...]]:
    if recipe.mode is Mode.NEW_FILE and gathered.tests is not None:
        return _tests(answer, target, gathered, workspace, placeholders)
    task = EditTask(
        target.path,
        target.text,
        target.span,
        span_is_definition=target.definition is not None,
        only_comments=recipe.output.only_comments,
        placeholders=placeholders,
    )
    return _shown(change_of(answer, task), target.encoding)


def _tests(
    answer: str, target: Target, gathered: Gathered, workspace: Workspace, placeholders: frozenset[str]
) -> tuple[Result, tuple[str, ...]]:
    plan = gathered.tests
    assert plan is not None
    if plan.path == target.path:
        return _shown(
            added_tests(answer, EditTask(target.path, target.text, placeholders=placeholders)),
            target.encoding,
            plan.command,
        )
    if plan.test_file is None:
        return _shown(new_test_file(answer, plan.path, placeholders), "utf-8", plan.command)
    file = read_target(workspace.root, plan.test_file, workspace.rules)
    task = EditTask(file.path, file.text, placeholders=placeholders)
    return _shown(added_tests(answer, task), file.encoding, plan.command)


def _shown(checked: Checked, encoding: str, command: str = "") -> tuple[Result, tuple[str, ...]]:
    return Change(checked.change, unified_diff(checked.change), encoding, command), checked.notes
