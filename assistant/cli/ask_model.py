"""``assist ask`` with a language model: plan, consent, stream, last line; or the context alone."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from assistant.backends import BackendConfig
from assistant.cli.asking import agree, copy_checker, ground_for, last_line, mentioned_in, what_is_sent
from assistant.cli.common import Prepared, warn
from assistant.cli.console import output, safe
from assistant.cli.streamed import MarkdownWriter, TextWriter, Writer
from assistant.conversation import Event, Finished, History, NothingFound, Plan, plan_turn, stream_turn
from assistant.conversation.events import FlaggedIdentifier, FlaggedQuotation, TrueCitation, UntrueCitation
from assistant.copies.answers import records_of
from assistant.models import Models
from indexer.embedding import Embedder

_HINT = " · assist ask --show-context"


class ModelAsker:
    """One question to one model.

    :param embedder: None where words alone have to do.
    """

    def __init__(
        self, prepared: Prepared, models: Models, config: BackendConfig, embedder: Embedder | None
    ) -> None:
        self._prepared = prepared
        self._models = models
        self._config = config
        searcher = prepared.engine.searcher(prepared.roots)
        settings = prepared.engine.settings
        copies = copy_checker(settings, prepared.roots)
        self._ground = ground_for(settings, models, searcher, embedder, copies)

    def plan(self, question: str) -> Plan:
        """Prepare what is to be sent.

        :raises AssistError: if the question, or a mention in it, cannot be understood.
        """
        mentioned = mentioned_in(question, self._ground)
        window = self._config.context_window
        return plan_turn(question, History(0), self._ground, window, mentioned)

    def show_context(self, plan: Plan, *, as_json: bool) -> None:
        """Print what would be sent."""
        if as_json:
            click.echo(json.dumps({"question": plan.question, **self._context(plan), **_messages(plan)}))
        else:
            click.echo(safe(what_is_sent(plan, self._config)))

    def text(self, plan: Plan, colour: str, *, markdown: bool, shows_context: bool) -> int:
        """Stream the answer to standard output, with the last line after it."""
        console = output(colour)
        writer: Writer = (
            MarkdownWriter(several=len(self._prepared.roots) > 1)
            if markdown
            else TextWriter(console, Path.cwd().resolve())
        )
        if shows_context:
            click.echo(safe(what_is_sent(plan, self._config)), err=True)
        agree(self._models, self._config, plan.prepared)
        finished = asyncio.run(self._stream(plan, _Shown(writer)))
        assert finished is not None
        line = last_line(finished) + ("" if shows_context else _HINT)
        click.echo()
        click.echo(f"*{line}*" if markdown else console.paint(line, "dim"))
        warn(self._prepared.notes)
        return 0 if plan.material.found else 1

    def json(self, plan: Plan, *, shows_context: bool) -> int:
        """Print the answer as one object when it is complete."""
        collected = _Collected()
        agree(self._models, self._config, plan.prepared)
        finished = asyncio.run(self._stream(plan, collected))
        assert finished is not None
        several = len(self._prepared.roots) > 1
        shown = {
            "question": plan.question,
            "found": plan.material.found,
            "answer": finished.answer,
            "citations": [_citation(event, several=several) for event in collected.citations],
            "flagged": [_flag(event) for event in collected.flagged],
            "summary": asdict(finished.summary),
            **self._context(plan),
            "usage": asdict(finished.usage) if finished.usage else None,
            "finish_reason": finished.finish_reason,
            "first_token_ms": None if finished.first_token_ms is None else round(finished.first_token_ms, 2),
            "ms": round(finished.elapsed_ms, 2),
            "copies": records_of(finished.copies),
            "notes": list(self._prepared.notes),
            **(_messages(plan) if shows_context else {}),
        }
        click.echo(json.dumps(shown))
        return 0 if plan.material.found else 1

    async def _stream(self, plan: Plan, sink: "_Shown | _Collected") -> Finished | None:
        backend = self._models.open(self._config)
        finished = None
        try:
            async with aclosing(stream_turn(plan, backend)) as events:
                async for event in events:
                    sink.take(event)
                    finished = event if isinstance(event, Finished) else finished
        finally:
            sink.end()
            await backend.aclose()
        return finished

    def _context(self, plan: Plan) -> dict[str, Any]:
        from assistant.backends.addresses import shown_url

        manifest = plan.prepared.manifest
        return {
            "backend": self._config.name,
            "model": self._config.model,
            "endpoint": shown_url(self._config.url),
            "query": plan.query,
            "context": {**manifest.as_record(), "bytes": manifest.text_bytes},
        }


class _Shown:
    """Shows an answer as it comes."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def take(self, event: Event) -> None:
        if isinstance(event, NothingFound):
            click.echo(f"note: {safe(event.statement)}", err=True)
        self._writer.take(event)

    def end(self) -> None:
        self._writer.end()


class _Collected:
    """Keeps what JSON shows apart."""

    def __init__(self) -> None:
        self.citations: list[TrueCitation | UntrueCitation] = []
        self.flagged: list[FlaggedIdentifier | FlaggedQuotation] = []

    def take(self, event: Event) -> None:
        if isinstance(event, TrueCitation | UntrueCitation):
            self.citations.append(event)
        elif isinstance(event, FlaggedIdentifier | FlaggedQuotation):
            self.flagged.append(event)

    def end(self) -> None: ...


def _citation(event: TrueCitation | UntrueCitation, *, several: bool) -> dict[str, Any]:
    if isinstance(event, UntrueCitation):
        return {"text": event.text, "true": False, "reason": event.reason, "hint": event.hint}
    where = {"repo": str(event.root)} if several else {}
    lines = {"start_line": event.start_line, "end_line": event.end_line}
    return {"text": event.text, "true": True, **where, "path": event.path, **lines}


def _flag(event: FlaggedIdentifier | FlaggedQuotation) -> dict[str, Any]:
    if isinstance(event, FlaggedIdentifier):
        return {"identifier": event.identifier, "reason": event.reason, "hint": event.hint}
    return {"quotation_of": event.path, "line": event.line, "reason": event.reason}


def _messages(plan: Plan) -> dict[str, Any]:
    return {"messages": [asdict(message) for message in plan.messages]}
