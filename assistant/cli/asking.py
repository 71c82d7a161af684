"""What ``ask`` and ``chat`` share where a language model answers: its options, the gate, consent, the last line."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:  # a model client takes a while to import, and the extractive answerer needs none
    from assistant.backends import BackendConfig
    from assistant.context import ContextItem
    from assistant.conversation import Finished, Ground, Plan
    from assistant.copies.check import CopyChecker
    from assistant.models import Models
    from assistant.privacy import Prepared
    from assistant.retrieval.search import Searcher
    from assistant.settings import Settings
    from indexer.embedding import Embedder

F = TypeVar("F", bound=Callable[..., object])


def model_options(command: F) -> F:
    """Add ``--backend``, ``--model`` and ``--offline``."""
    command = click.option(
        "--offline", is_flag=True, help="Send nothing, to this machine neither; as ASSIST_OFFLINE=1."
    )(command)
    command = click.option("--model", metavar="MODEL", default="", help="Another model of the backend.")(
        command
    )
    return click.option(
        "--backend",
        metavar="NAME",
        default="",
        help="The backend that answers, by its name in config.toml, or none. Default: [ask] backend, else the first.",
    )(command)


def open_models(settings: "Settings", *, offline: bool) -> "Models":
    """Return the configured backends, as this process's environment says.

    :raises SettingsError: as ``Models``.
    """
    from assistant.models import Models
    from assistant.privacy import is_offline, state_folder

    return Models(settings, state_folder(os.environ), os.environ, offline=offline or is_offline(os.environ))


def ground_for(
    settings: "Settings",
    models: "Models",
    searcher: "Searcher",
    embedder: "Embedder | None",
    copies: "CopyChecker | None" = None,
) -> "Ground":
    """Return what a conversation stands on.

    :param copies: checks the code of answers.
    """
    from assistant.conversation import Ground

    return Ground(searcher, models.gate, embedder, settings.context_tokens, copies)


def copy_checker(settings: "Settings", roots: "Sequence[Path]") -> "CopyChecker | None":
    """Return what checks the code of answers; None where there is nothing to compare with yet."""
    if not (settings.cache_dir / "corpora" / "registry.json").is_file():
        return None
    from assistant.copies.check import CopyChecker

    return CopyChecker(settings, os.environ, roots)


def mentioned_in(question: str, ground: "Ground") -> list["ContextItem"]:
    """Return the passages that the mentions in a question stand for.

    :raises MentionError: if one leads nowhere.
    """
    from assistant.context import MentionResolver, find_mentions
    from assistant.privacy import PageFetcher

    resolver = MentionResolver(ground.searcher.sources, fetch=PageFetcher(ground.gate).fetch)
    return [item for mention in find_mentions(question) for item in resolver.resolve(mention)]


def agree(models: "Models", config: "BackendConfig", prepared: "Prepared") -> None:
    """Ask once whether text may be sent to a remote host, if someone is there to answer.

    :raises ConsentError: for a no. Without a terminal nothing is asked, and the gate refuses.
    """
    from assistant.cli.common import is_terminal

    if is_terminal():
        models.agree(config, prepared, _confirm)


def _confirm(screen: str) -> bool:
    from assistant.cli.console import printable

    click.echo("\n".join(map(printable, screen.splitlines())), err=True)
    return click.confirm("Send it?", default=False, err=True)


def last_line(finished: "Finished") -> str:
    """Return what was checked and what was sent where, in one line."""
    from assistant.cli.console import count

    summary, manifest = finished.summary, finished.manifest
    said = [f"{count(summary.checked, 'citation')} checked, {summary.true} true"]
    if summary.flagged:
        said[0] += f", {count(summary.flagged, 'name or quotation', 'names or quotations')} flagged"
    said.append(f"context: {manifest.summary()} to {host_of(finished.endpoint)}")
    if finished.was_cut:
        said.append("cut off: the answer reached the server's limit")
    return " · ".join(said)


def host_of(endpoint: str) -> str:
    """Return host and port of an address."""
    from urllib.parse import urlsplit

    return urlsplit(endpoint).netloc or endpoint


def what_is_sent(plan: "Plan", config: "BackendConfig") -> str:
    """Return everything that goes to a model, with where it goes and what was held back."""
    from assistant.backends.addresses import shown_url

    manifest = plan.prepared.manifest
    lines = [f"To {shown_url(config.url)}, model {config.model or '(none)'}: {manifest.summary()}"]
    if plan.query != plan.question:
        lines.append(f"Searched for: {plan.query}")
    lines += [f"Left out: {item.path or 'a passage'} ({item.reason})" for item in manifest.left_out]
    lines += [f"Redacted: {number} x {kind}" for kind, number in manifest.redacted.items()]
    return "\n".join([*lines, "", plan.as_text()])
