"""Runs a recipe: first everything that would be sent is put together, then it is sent and the answer is made use of.

Two steps, so that what would be sent can be looked at and agreed to before anything leaves: :func:`plan_recipe` needs
no model, :func:`stream_recipe` sends exactly what was planned. Nothing here writes a file or talks to a user.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from assistant.answers.citations import CitationChecker
from assistant.backends import Backend, ChatRequest, Message, Usage
from assistant.context.render import marker_key
from assistant.context.tokens import estimate_tokens
from assistant.copies.answers import AnswerCopies
from assistant.privacy import EgressGate, FileOrigin, Part, Prepared, Prompt, Typed
from assistant.recipes import prompts
from assistant.recipes.copies import copies_in_change
from assistant.recipes.errors import RecipeError, TargetError
from assistant.recipes.events import Change, ContextGiven, Finished, RecipeEvent, Thinking, Written
from assistant.recipes.files import fill, names_in, near
from assistant.recipes.gathering import Gathered, Passage, Workspace, gather
from assistant.recipes.model import Mode, OutputFormat, Recipe
from assistant.recipes.outcomes import Streamed, result_of
from assistant.recipes.targets import Target

UNKNOWN_WINDOW = 8_192
"""Tokens taken for granted where neither the configuration nor the server tells."""
_LEAST_ANSWER = 1_024
_PLACEHOLDER = re.compile(r"<redacted:[\w-]+#\d+>")


@dataclass(frozen=True, slots=True)
class RecipePlan:
    """A recipe that is ready to be sent: nothing else is."""

    recipe: Recipe
    target: Target | None
    gathered: Gathered
    request: ChatRequest
    """As it is sent: files left out, secrets redacted."""
    prepared: Prepared
    notes: tuple[str, ...]
    workspace: Workspace = field(repr=False)
    gate: EgressGate = field(repr=False)

    @property
    def path(self) -> str:
        """The file that the answer may change; empty if it may change none."""
        return _path_of(self.recipe, self.target, self.gathered)

    @property
    def placeholders(self) -> frozenset[str]:
        """What stands for secrets in the text that is sent."""
        return frozenset(_PLACEHOLDER.findall(self.prepared.text))

    def as_text(self) -> str:
        """Return everything that is sent, message by message."""
        messages = self.request.messages
        return "\n".join(f"=== {message.role} ===\n{message.content.rstrip()}\n" for message in messages)


def values_of(recipe: Recipe, given: Mapping[str, str], target: Target | None) -> dict[str, str]:
    """Return what the ``{{names}}`` of a recipe stand for.

    :param given: the user's values of parameters.
    :raises RecipeError: for a parameter that is unknown, missing, or none of its choices.
    """
    for name, value in given.items():
        if name not in recipe.parameters:
            known = list(recipe.parameters)
            hint = near(name, known) if known else "; leave it out"
            raise RecipeError(f'the recipe "{recipe.name}" has no parameter "{name}"{hint}')
        choices = recipe.parameters[name].choices
        if choices and value not in choices:
            raise RecipeError(
                f'"{name}" must be one of {", ".join(choices)}{near(value, choices, listed=False)}'
            )
    values = dict(given)
    for name, parameter in recipe.parameters.items():
        if name not in values:
            if parameter.default is None:
                what = f" ({parameter.description})" if parameter.description else ""
                how = (
                    "say it after the target" if name == "instruction" else f"give it with --param {name}=..."
                )
                raise RecipeError(f'the recipe "{recipe.name}" needs "{name}"{what}; {how}')
            values[name] = parameter.default
    start, end = target.lines if target else (0, 0)
    return values | {
        "target": target.label if target else "the repository",
        "path": target.path if target else "",
        "language": target.language.name if target else "",
        "symbol": target.symbol if target else "",
        "lines": f"{start}-{end}" if target else "",
        "selection": target.selection if target else "",
    }


def plan_recipe(
    recipe: Recipe,
    target: Target | None,
    given: Mapping[str, str],
    workspace: Workspace,
    gate: EgressGate,
    *,
    window: int | None = None,
    diff_source: Callable[[str], str] | None = None,
) -> RecipePlan:
    """Put together what a recipe sends. Takes some ten milliseconds: call it in a thread.

    :param given: the user's values of parameters.
    :param window: the model's context window in tokens; None if it is not known.
    :param diff_source: gives the diff to work on for the repository's folder; None: the work tree's.
    :raises AssistError: if the target, a parameter or needed context is missing, or does not fit into the window.
    """
    _check_target(recipe, target)
    origin = _origin_of(target, workspace, gate)
    values = values_of(recipe, given, target)
    gathered = gather(recipe, target, values, workspace, diff_source)
    path = _path_of(recipe, target, gathered)
    tests = gathered.tests
    exists = tests is None or tests.test_file is not None or (target is not None and path == target.path)
    system = prompts.system_text(recipe, path, exists=exists)
    task = fill(recipe.prompt, values) + "\n"
    max_tokens = _answer_room(recipe, window)
    budget = (window or UNKNOWN_WINDOW) - max_tokens - estimate_tokens(system) - estimate_tokens(task) - 64
    key = marker_key([passage.item for passage in gathered.passages], system + task)
    numbered = prompts.numbers_lines(recipe)
    texts = [prompts.written(passage.item, key, numbered=numbered) for passage in gathered.passages]
    kept, notes = _fitting(gathered.passages, texts, budget)
    parts = [Part(system, Prompt())]
    parts += [Part(texts[number], gathered.passages[number].origin) for number in kept]
    # The task may hold the text of the target: then it is a passage of that file, and is listed as one.
    parts.append(Part(task, origin if "selection" in names_in(recipe.prompt) else Typed()))
    prepared = gate.prepare(parts)
    _check_left_out(recipe, prepared, [gathered.passages[number] for number in kept])
    sent = [part.text for part in prepared.parts]
    messages = (Message("system", sent[0]), Message("user", "".join(sent[1:])))
    request = ChatRequest(messages, max_tokens=recipe.max_tokens, temperature=recipe.temperature)
    left_out = [f"{item.path} is not sent: {item.reason}" for item in prepared.manifest.left_out if item.path]
    return RecipePlan(
        recipe, target, gathered, request, prepared, (*gathered.notes, *notes, *left_out), workspace, gate
    )


def _check_target(recipe: Recipe, target: Target | None) -> None:
    if recipe.needs_target and target is None:
        raise TargetError(
            f'the recipe "{recipe.name}" works on code; name a file, FILE:LINE, FILE:START-END or a symbol'
        )
    if recipe.mode is not Mode.ANSWER and target is not None and not target.path:
        raise TargetError(
            f'the recipe "{recipe.name}" changes a file; name it, text from standard input is none'
        )


def _origin_of(target: Target | None, workspace: Workspace, gate: EgressGate) -> FileOrigin | Typed:
    """Return where the target's text comes from. A recipe may put it, or names in it, anywhere into its prompt.

    :raises TargetError: if nothing of its file may be sent.
    """
    if target is None or not target.path:
        return Typed()
    origin = FileOrigin(workspace.root, target.path, *target.lines, mentioned=True)
    reason = gate.withheld(origin)
    if reason is not None:
        raise TargetError(f"{target.path} may not be sent to a model: {reason}")
    return origin


def _path_of(recipe: Recipe, target: Target | None, gathered: Gathered) -> str:
    if recipe.mode is Mode.NEW_FILE and gathered.tests is not None:
        return gathered.tests.path
    return target.path if recipe.mode is not Mode.ANSWER and target is not None else ""


def _answer_room(recipe: Recipe, window: int | None) -> int:
    room = window or UNKNOWN_WINDOW
    return min(recipe.max_tokens or _LEAST_ANSWER, max(room // 3, 256))


def _fitting(passages: list[Passage], texts: list[str], budget: int) -> tuple[list[int], list[str]]:
    """Return the numbers of the passages that fit, in their order, and what to say about the others.

    :raises TargetError: if one does not fit that is needed.
    """
    kept, left_out = [], []
    needed = [number for number, passage in enumerate(passages) if passage.needed]
    for number in [*needed, *(number for number in range(len(passages)) if number not in needed)]:
        cost = estimate_tokens(texts[number])
        if cost <= budget:
            budget -= cost
            kept.append(number)
        elif number in needed:
            raise TargetError(
                f"{passages[number].item.location} is too long for the model's context window; name fewer lines, "
                "as in FILE:START-END, or set context_window of the backend"
            )
        else:
            left_out.append(passages[number].item.location)
    notes = [f"no room for {', '.join(left_out[:5])}{' and more' * (len(left_out) > 5)}"] if left_out else []
    return sorted(kept), notes


def _check_left_out(recipe: Recipe, prepared: Prepared, kept: list[Passage]) -> None:
    """Make sure that what the recipe is about is among what may be sent.

    :raises TargetError: if it is not.
    """
    parts = dict(zip(range(len(kept)), prepared.parts[1:], strict=False))
    for number, passage in enumerate(kept):
        if passage.needed and not parts[number].text:
            reason = next(
                (item.reason for item in prepared.manifest.left_out if item.path == passage.item.path),
                "not allowed",
            )
            raise TargetError(f"{passage.item.path} may not be sent to a model: {reason}")
    changes = [number for number, passage in enumerate(kept) if passage.item.kind == "diff"]
    if changes and not any(parts[number].text for number in changes):
        raise TargetError(
            "nothing of the change may be sent to a model: all its files are ignored or private"
        )


async def stream_recipe(plan: RecipePlan, backend: Backend) -> AsyncGenerator[RecipeEvent, None]:
    """Send a plan and yield what happens; closing the generator, or cancelling its task, closes the connection.

    :param backend: one whose client is from the plan's gate.
    :raises BackendError: if the model does not answer.
    :raises PrivacyError: if it may not be sent.
    """
    yield ContextGiven(plan.prepared.manifest, backend.endpoint, backend.model, plan.notes)
    paths = [file.path for file in plan.prepared.manifest.files]
    shown = plan.recipe.mode is Mode.ANSWER and plan.recipe.output.format is OutputFormat.TEXT
    checker = CitationChecker(plan.workspace.searcher.sources, [plan.prepared.text], paths) if shown else None
    copies = AnswerCopies(plan.workspace.copies if shown else None)
    said: list[str] = []
    usage: Usage | None = None
    reason = "unknown"
    with plan.gate.sending(plan.prepared):
        async with aclosing(backend.chat(plan.request)) as deltas:
            async for delta in deltas:
                if delta.reasoning:
                    yield Thinking(delta.reasoning)
                if delta.text:
                    said.append(delta.text)
                    if checker is None:
                        yield Written(delta.text)
                    else:
                        for event in await copies.after(delta.text, checker.feed(delta.text)):
                            yield event
                usage, reason = delta.usage or usage, delta.finish_reason or reason
    for event in await copies.finish(checker.finish() if checker else ()):
        yield event
    answer = "".join(said)
    result, notes = result_of(
        Streamed(answer, reason, checker.summary if checker else None),
        plan.recipe,
        plan.target,
        plan.gathered,
        plan.workspace,
        plan.placeholders,
    )
    found = copies.findings
    if isinstance(result, Change) and plan.workspace.copies is not None:
        found = await asyncio.to_thread(copies_in_change, plan.workspace.copies, result.change)
    yield Finished(result, answer, notes, usage, reason, tuple(found))
