"""What ``assist run`` does with a recipe: finds its target, asks the model, shows the result, writes it if asked to."""

import asyncio
import functools
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from assistant.backends import BackendConfig
from assistant.backends.addresses import shown_url
from assistant.cli.asking import agree, copy_checker, host_of, open_models
from assistant.cli.common import Prepared, prepare, warn
from assistant.cli.console import Console, count, output, printable, safe
from assistant.cli.streamed import TextWriter
from assistant.copies.answers import records_of, said_of
from assistant.errors import QueryError
from assistant.models import Models
from assistant.privacy import repository_privacy, state_folder
from assistant.privacy.selection import FileRules
from assistant.recipes import git
from assistant.recipes.errors import TargetError
from assistant.recipes.events import (
    Change,
    ContextGiven,
    Explained,
    Finished,
    Found,
    Message,
    RecipeEvent,
    Refused,
    Thinking,
    Written,
)
from assistant.recipes.gathering import Workspace
from assistant.recipes.library import load_library
from assistant.recipes.model import Recipe, SourceKind
from assistant.recipes.run import RecipePlan, plan_recipe, stream_recipe
from assistant.recipes.targets import Spot, Target, resolve_target, text_target
from assistant.recipes.without_model import KnownFacts, known_facts
from assistant.recipes.writing import Applied, apply_change
from assistant.settings import rules_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of the command, as it was typed."""

    recipe: str
    words: tuple[str, ...]
    instruction: str
    params: tuple[str, ...]
    staged: bool
    revision: str
    applies: bool
    backend: str
    model: str
    offline: bool
    shows_context: bool
    is_dry_run: bool
    as_json: bool
    colour: str


def run_recipe(request: Request, repos: Sequence[Path]) -> int:
    """Run a recipe and show its result.

    :return: the exit code.
    """
    prepared = prepare(repos)
    root = prepared.roots[0]
    settings = prepared.engine.settings
    recipe = load_library(root, settings.config_file.parent).get(request.recipe)
    workspace = Workspace(
        root,
        prepared.engine.searcher([root]),
        rules_for(root, settings),
        Path.cwd(),
        copy_checker(settings, [root]),
    )
    target, words = _target(request, recipe, workspace)
    given = _values(request, recipe, words)
    models = open_models(settings, offline=request.offline)
    config = models.choose(request.backend, request.model)
    if config is None:
        return _show_facts(request, known_facts(recipe, target, given, workspace), prepared)
    plan = plan_recipe(
        recipe,
        target,
        given,
        workspace,
        models.gate,
        window=config.context_window,
        diff_source=_diff_source(request, recipe),
    )
    runner = _Runner(request, prepared, models, config, plan)
    return runner.show_context() if request.is_dry_run else runner.run()


def _target(request: Request, recipe: Recipe, workspace: Workspace) -> tuple[Target | None, tuple[str, ...]]:
    """Return what the recipe works on, and the words that are left."""
    words = request.words
    if not recipe.needs_target or not words:
        return None, words
    if words[0] == "-":
        if request.instruction == "-":
            raise QueryError("standard input cannot be both the target and the instruction; name a file")
        return text_target(sys.stdin.read()), words[1:]

    def symbols(name: str) -> list[Spot]:
        found = workspace.source.snapshot.definitions_named(name)
        return [
            Spot(
                item.path,
                item.name_line,
                item.end_line,
                ".".join(part for part in (item.scope, item.name) if part),
            )
            for item in found
            if item.kind not in ("section", "import", "declaration")
        ]

    target = resolve_target(
        words[0], workspace.root, folder=workspace.folder, symbols=symbols, rules=workspace.rules
    )
    return target, words[1:]


def _values(request: Request, recipe: Recipe, words: Sequence[str]) -> dict[str, str]:
    values = {}
    for param in request.params:
        name, equals, value = param.partition("=")
        if not equals:
            raise QueryError(f'"{param}" is no parameter; write --param NAME=VALUE')
        values[name] = value
    instruction = sys.stdin.read() if request.instruction == "-" else request.instruction
    said = "\n\n".join(part for part in (" ".join(words), instruction.strip()) if part)
    if said and "instruction" not in recipe.parameters:
        raise QueryError(f'the recipe "{recipe.name}" takes no instruction; leave out "{said[:60]}"')
    return values | ({"instruction": said} if said else {})


def _diff_source(request: Request, recipe: Recipe) -> Callable[[str], str] | None:
    kinds = {source.kind for source in recipe.context}
    if (request.staged or request.revision) and SourceKind.DIFF not in kinds:
        raise TargetError(f'the recipe "{recipe.name}" works on no diff; leave out --staged and --diff')
    if request.staged:
        return git.staged_diff
    return functools.partial(git.revision_diff, revision=request.revision) if request.revision else None


def _show_facts(request: Request, facts: KnownFacts, prepared: Prepared) -> int:
    if request.as_json:
        shown = {
            "recipe": request.recipe,
            "model": None,
            "facts": list(facts.lines),
            "notes": [facts.missing],
        }
        click.echo(json.dumps(shown))
    elif facts.lines:
        output(request.colour).write("\n".join(map(printable, facts.lines)))
    if not request.as_json:
        warn([facts.missing, *prepared.notes])
    return 0 if facts.lines else 1


class _Runner:
    """One run of a recipe with a model."""

    def __init__(
        self, request: Request, prepared: Prepared, models: Models, config: BackendConfig, plan: RecipePlan
    ) -> None:
        self._request, self._prepared, self._models = request, prepared, models
        self._config, self._plan = config, plan
        self._console: Console = output(request.colour)

    def show_context(self) -> int:
        """Print what would be sent."""
        if self._request.as_json:
            messages = [asdict(message) for message in self._plan.request.messages]
            click.echo(json.dumps({**self._about(), "messages": messages, "notes": list(self._plan.notes)}))
        else:
            click.echo(safe(self._what_is_sent()))
        return 0

    def run(self) -> int:
        """Ask the model and show the result; write a change if that was asked for."""
        if self._request.shows_context:
            click.echo(safe(self._what_is_sent()), err=True)
        agree(self._models, self._config, self._plan.prepared)
        finished = asyncio.run(self._stream())
        applied = self._apply(finished.result) if self._request.applies else None
        if self._request.as_json:
            click.echo(json.dumps(self._record(finished, applied)))
        else:
            self._show(finished, applied)
        if isinstance(finished.result, Refused):
            return 1
        return int(isinstance(finished.result, Found) and bool(finished.result.findings.kept))

    async def _stream(self) -> Finished:
        backend = self._models.open(self._config)
        writer = TextWriter(self._console, Path.cwd().resolve())
        finished: Finished | None = None
        try:
            async with aclosing(stream_recipe(self._plan, backend)) as events:
                async for event in events:
                    finished = event if isinstance(event, Finished) else finished
                    self._take(event, writer)
        finally:
            writer.end()
            await backend.aclose()
        assert finished is not None
        return finished

    def _take(self, event: RecipeEvent, writer: TextWriter) -> None:
        if not isinstance(event, ContextGiven | Thinking | Written | Finished) and not self._request.as_json:
            writer.take(event)

    def _apply(self, result: object) -> Applied | None:
        if not isinstance(result, Change):
            return None
        root, gate = self._plan.workspace.root, self._models.gate
        exclude = (*self._plan.workspace.rules.exclude, *gate.settings.exclude)
        rules = FileRules(root, exclude, repository_privacy(root), trusted=False)
        withheld = functools.partial(rules.reason, mentioned=False)
        return apply_change(root, result.change, result.encoding, state_folder(os.environ), withheld)

    def _show(self, finished: Finished, applied: Applied | None) -> None:
        result = finished.result
        if isinstance(result, Found):
            self._show_findings(result)
        elif isinstance(result, Message):
            self._console.write(safe(result.text))
            warn(result.problems)
        elif isinstance(result, Change):
            self._show_change(result, applied)
            warn([printable(said_of(finding, "the change")) for finding in finished.copies])
        elif isinstance(result, Refused):
            click.echo(f"{self._console.paint('not used:', 'error')} {printable(result.reason)}", err=True)
            click.echo(safe(finished.answer.rstrip()), err=True)
        warn([*map(printable, (*self._plan.notes, *finished.notes)), *self._prepared.notes])
        click.echo(
            self._console.paint(self._last_line(finished), "dim"), err=not isinstance(result, Explained)
        )

    def _show_findings(self, result: Found) -> None:
        findings = result.findings
        for finding in findings.kept:
            lines = f"{finding.start_line}" + (
                f"-{finding.end_line}" if finding.end_line > finding.start_line else ""
            )
            place = self._console.paint(printable(f"{finding.path}:{lines}"), "path")
            self._console.write(f"{place}: {printable(finding.text)}")
        if not findings.kept:
            click.echo(printable(findings.remark) or "Nothing found.")
        if findings.dropped:
            warn([f"{count(findings.dropped, 'finding')} left out that named no line of what was looked at"])

    def _show_change(self, result: Change, applied: Applied | None) -> None:
        styles = {"+": "good", "-": "error", "@": "path"}
        for line in result.diff.removesuffix("\n").split("\n"):
            style = styles.get(line[:1])
            text = safe(line)
            self._console.write(self._console.paint(text, style) if style else text)
        if applied is not None:
            click.echo(f"Written to {printable(applied.path)}. To undo: {printable(applied.undo)}", err=True)
        else:
            click.echo("Nothing was written; --apply writes it.", err=True)
        if result.command:
            click.echo(f"To run the tests: {printable(result.command)}", err=True)

    def _last_line(self, finished: Finished) -> str:
        said = []
        if isinstance(finished.result, Explained):
            summary = finished.result.summary
            said.append(f"{count(summary.checked, 'citation')} checked, {summary.true} true")
        sent = self._plan.prepared.manifest.summary()
        said.append(f"context: {sent} to {host_of(self._config.url)}")
        return " · ".join([*said, "assist run --show-context"])

    def _what_is_sent(self) -> str:
        manifest = self._plan.prepared.manifest
        lines = [
            f"To {shown_url(self._config.url)}, model {self._config.model or '(none)'}: {manifest.summary()}"
        ]
        lines += [
            f"Recipe: {self._plan.recipe.name} ({self._plan.recipe.origin.value}: {self._plan.recipe.file})"
        ]
        lines += [f"Note: {note}" for note in self._plan.notes]
        lines += [f"Redacted: {number} x {kind}" for kind, number in manifest.redacted.items()]
        return "\n".join([*lines, "", self._plan.as_text()])

    def _about(self) -> dict[str, Any]:
        manifest = self._plan.prepared.manifest
        recipe = self._plan.recipe
        return {
            "recipe": recipe.name,
            "origin": recipe.origin.value,
            "target": self._plan.target.label if self._plan.target else None,
            "backend": self._config.name,
            "model": self._config.model,
            "endpoint": shown_url(self._config.url),
            "context": {**manifest.as_record(), "bytes": manifest.text_bytes},
        }

    def _record(self, finished: Finished, applied: Applied | None) -> dict[str, Any]:
        record = {
            **self._about(),
            "answer": finished.answer,
            "finish_reason": finished.finish_reason,
            "usage": asdict(finished.usage) if finished.usage else None,
            "notes": [*self._plan.notes, *finished.notes],
            "copies": records_of(finished.copies),
        }
        result = finished.result
        if isinstance(result, Found):
            record |= {
                "findings": [asdict(item) for item in result.findings.kept],
                "dropped": result.findings.dropped,
            }
        elif isinstance(result, Message):
            record |= {"message": result.text, "problems": list(result.problems)}
        elif isinstance(result, Change):
            record |= {"path": result.change.path, "diff": result.diff, "applied": applied is not None}
            record |= {"undo": applied.undo} if applied else {}
        elif isinstance(result, Refused):
            record |= {"refused": result.reason}
        else:
            record |= {"summary": asdict(result.summary)}
        return record
