"""Requests from texts with a cursor in them, and pipelines over real servers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.completion import CompletionOptions, CompletionPipeline, CompletionRequest, Trigger
from assistant.models import Models
from assistant.settings import Settings
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer

CURSOR = "‸"
FILLED = "orchard_yield = trees * apples_per_tree"
"""What passes for a model that fills in the middle."""


def at(
    text: str,
    language: str | None = "python",
    *,
    root: Path = Path("/nowhere"),
    path: str = "file.py",
    trigger: Trigger = Trigger.AUTOMATIC,
    **more: Any,
) -> CompletionRequest:
    """Return the request for a text with the cursor where ``‸`` stands."""
    before, mark, after = text.partition(CURSOR)
    assert mark, "the text has no cursor"
    return CompletionRequest(root, path, before + after, len(before), language, trigger=trigger, **more)


def backend(server: RunningServer, model: str, **more: Any) -> dict[str, Any]:
    """Return the table of a backend that takes a suffix as Mistral does and needs no trial."""
    table = {"kind": "openai", "url": f"{server.url}/mistral/v1", "model": model}
    return {**table, "fill_in_the_middle": "fim", **more}


def says(server: RunningServer, *texts: str, **more: Any) -> dict[str, Any]:
    """Return the table of a backend whose model says these texts in turn."""
    return backend(server, model_that_says(*texts), **more)


def models_of(table: Mapping[str, Any], home: Path, *, offline: bool = False) -> Models:
    """Return the models of a user whose only backend this is."""
    settings = Settings(home / "cache", home / "config" / "config.toml", backends={"work": table})
    return Models(settings, home / "state", {}, offline=offline)


def pipeline_of(
    table: Mapping[str, Any], home: Path, options: CompletionOptions | None = None, **more: Any
) -> CompletionPipeline:
    """Return a pipeline that asks this backend."""
    own = options or CompletionOptions(look_ahead="never")
    return CompletionPipeline(more.pop("engine", None), lambda: models_of(table, home), own, **more)
