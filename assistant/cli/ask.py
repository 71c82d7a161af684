"""``assist ask``: a question in words, answered by a language model where one is configured, else by the index."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.asking import model_options
from assistant.cli.command import QueryCommand, colour_option, json_option, query_text, repo_option

if TYPE_CHECKING:  # the engine is not needed to print help
    from assistant.answers import Answer
    from assistant.cli.common import Prepared
    from indexer.embedding import Embedder

_NO_MODEL = (
    "No language model is configured: this is what the index knows. "
    "`assist models` shows what could answer in sentences."
)
_MODEL_NOT_ASKED = "This is what the index knows; no language model was asked."
_STATEMENT_COLUMNS = 120
"""Longer lines are hard to read."""


@click.command(
    name="ask",
    cls=QueryCommand,
    examples=(
        ('assist ask "where are PDFs parsed?"', "Where something happens"),
        (
            "assist ask how do I run the tests",
            "About the repository as a whole; quotes are for the shell's sake only",
        ),
        ('assist ask "what does @src/pdf.py do?"', "About a file; @symbol, @folder/ and @diff work, too"),
        ('assist ask --show-context --dry-run "where are PDFs parsed?"', "What would be sent; nothing is"),
        ('assist ask --backend none "where are PDFs parsed?"', "From the index alone"),
        ('assist ask --repo ../server "where are sessions stored?"', "In another repository"),
        ('assist ask --markdown "where are PDFs parsed?" > answer.md', "With links, for an issue or a wiki"),
    ),
)
@click.argument("query", nargs=-1, metavar="QUESTION...")
@repo_option
@model_options
@click.option("--show-context", is_flag=True, help="Print everything that goes to the model.")
@click.option("--dry-run", is_flag=True, help="Send nothing; with --show-context: what would be sent.")
@json_option
@click.option("--markdown", is_flag=True, help="Print Markdown; its links are relative to the repository.")
@colour_option
def command(
    query: tuple[str, ...],
    repos: tuple[Path, ...],
    backend: str,
    model: str,
    offline: bool,
    show_context: bool,
    dry_run: bool,
    as_json: bool,
    markdown: bool,
    colour: str,
) -> int:
    """Ask a question about a repository: a direct statement, then the places that answer.

    Each place comes with the lines that decide and with why it matched. With a language model configured, the model
    answers from these places, and each of its citations is checked: a true one is shown as path:lines, any other is
    marked with what is wrong. The index is made or brought up to date first. Give - to read the question from standard
    input. Exit code 1 means that nothing fits.
    """
    if as_json and markdown:
        raise click.UsageError("--json and --markdown exclude each other; give one of them")
    question = query_text(query).strip()
    from assistant.cli.common import prepare

    prepared = prepare(repos)
    if _wants_model(prepared, question, backend, model, told=show_context or dry_run):
        from assistant.cli.ask_model import ModelAsker
        from assistant.cli.asking import open_models

        models = open_models(prepared.engine.settings, offline=offline)
        config = models.choose(backend, model)
        if config is not None:
            asker = ModelAsker(prepared, models, config, _embedder(prepared))
            plan = asker.plan(question)
            if dry_run:
                asker.show_context(plan, as_json=as_json)
                return 0 if plan.material.found else 1
            if as_json:
                return asker.json(plan, shows_context=show_context)
            return asker.text(plan, colour, markdown=markdown, shows_context=show_context)
    if show_context or dry_run:
        click.echo(
            "No language model is configured, so nothing is sent; `assist models` shows what could answer."
        )
        return 0
    return _answer_from_index(prepared, question, as_json=as_json, markdown=markdown, colour=colour)


def _wants_model(prepared: "Prepared", question: str, backend: str, model: str, *, told: bool) -> bool:
    """Tell whether a model is to answer: not what looks like a search or a stack trace, unless one is asked for."""
    from assistant.settings import NO_BACKEND

    if backend == NO_BACKEND and not model:
        return False
    if backend or model:
        return True
    if not prepared.engine.settings.has_model:
        return False
    from assistant.retrieval.intent import Intent, intent_of

    return told or intent_of(question) is Intent.QUESTION


def _answer_from_index(
    prepared: "Prepared", question: str, *, as_json: bool, markdown: bool, colour: str
) -> int:
    from assistant.answers import answer
    from assistant.cli.common import warn

    started = time.perf_counter()
    found = answer(prepared.engine.searcher(prepared.roots), question, embedder=_embedder(prepared))
    took_ms = 1000 * (time.perf_counter() - started)
    notes = [*prepared.notes, *found.notes]
    if as_json:
        _print_json(prepared, found, took_ms, notes)
        return 0 if found.found else 1
    closing = _MODEL_NOT_ASKED if prepared.engine.settings.backends else _NO_MODEL
    if markdown:
        from assistant.cli.markdown import answer_as_markdown

        click.echo(answer_as_markdown(found, several=len(prepared.roots) > 1, closing=closing))
    else:
        print_answer(found, colour, closing)
    warn(notes)
    return 0 if found.found else 1


def _embedder(prepared: "Prepared") -> "Embedder | None":
    """Return the embedding model; None if it cannot be used: words alone answer then, and the search says so."""
    from indexer.embedding import EmbeddingError

    try:
        return prepared.engine.embedder
    except EmbeddingError:
        return None


def print_answer(found: "Answer", colour: str, closing: str) -> None:
    """Print an answer from the index: the statement, the places, and a last line if there are any."""
    import re

    from assistant.cli.console import output, printable
    from assistant.cli.results import ResultPrinter

    console = output(colour)
    paragraphs = [*found.statement.splitlines(), *([] if found.found else [_not_searched(found)])]
    width = min(console.width, _STATEMENT_COLUMNS)
    text = "\n".join(wrapped(printable(line), width) for line in paragraphs if line)
    if console.colour:
        text = re.sub("`([^`\n]+)`", lambda match: console.paint(match.group(1), "name"), text)
    if found.passages:
        printer = ResultPrinter(console, Path.cwd().resolve())
        text += f"\n\n{printer.blocks(found.passages, snippets=True)}"
        text += f"\n\n{console.paint(closing, 'dim')}" if closing else ""
    console.write(text)


def wrapped(text: str, width: int) -> str:
    """Return a paragraph in lines; what is longer than a line stays whole, since a path in two can't be opened."""
    import textwrap

    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def _print_json(prepared: "Prepared", found: "Answer", took_ms: float, notes: list[str]) -> None:
    import json

    from assistant.cli.results import as_json

    shown = {
        "question": found.question,
        "found": found.found,
        "statement": found.statement,
        "ms": round(took_ms, 2),
        "files": found.searched.files,
        "passages": as_json(found.passages, with_repo=len(prepared.roots) > 1),
        "notes": notes,
    }
    click.echo(json.dumps(shown))


def _not_searched(found: "Answer") -> str:
    """Say how many files the indexes leave out; ignored ones are not counted, that would take long."""
    listed = ", ".join(f"{number:,} {reason}" for reason, number in found.searched.skipped.items())
    return f"Not searched: {listed}, and what is ignored (assist status --files)." if listed else ""
