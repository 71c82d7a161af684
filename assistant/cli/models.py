"""``assist models``: which language models are configured and which run on this machine; ``test`` tries one."""

from typing import TYPE_CHECKING, Any

import click

from assistant.cli.command import Command, WithExamples, colour_option, json_option

if TYPE_CHECKING:  # a model client is not needed to print help
    from assistant.backends import BackendConfig, LocalServer, ProbeReport
    from assistant.models import Models
    from assistant.privacy import Prepared

_SAMPLE = """\
[backends.{name}]
kind = "{kind}"
url = "{url}"
model = "{model}\""""


class _Group(WithExamples, click.Group):
    """Lists the models if no subcommand is named."""


@click.group(
    name="models",
    cls=_Group,
    invoke_without_command=True,
    examples=(
        ("assist models", "What is configured, what runs here, and what to do if nothing does"),
        ("assist models test local", "Whether it answers, how fast, and whether it can fill in code"),
    ),
)
@json_option
@click.option("--offline", is_flag=True, help="Do not look for servers; as ASSIST_OFFLINE=1.")
@colour_option
@click.pass_context
def command(ctx: click.Context, as_json: bool, offline: bool, colour: str) -> int | None:
    """Show the language models that can answer: those configured, and servers found on this machine.

    Backends are configured in config.toml; docs/models.md has five lines for each kind. Servers are looked for on this
    machine alone, where Ollama, llama.cpp, LM Studio and vLLM listen unless told otherwise.
    """
    if ctx.invoked_subcommand is not None:
        return None
    import asyncio
    import json

    models = _models(offline=offline)
    found = [] if models.gate.offline else asyncio.run(_discovered(models))
    chosen = models.choose()
    if as_json:
        shown = {
            "config_file": str(_settings_file()),
            "default": chosen.name if chosen else None,
            "backends": [_record(config, models) for config in models.configs.values()],
            "found": [
                {"label": item.label, "kind": item.kind, "url": item.url, "models": list(item.models)}
                for item in found
            ],
        }
        click.echo(json.dumps(shown))
        return 0
    _print(models, chosen, found, colour)
    return 0


@command.command(
    name="test",
    cls=Command,
    examples=(("assist models test local", "Try the backend [backends.local]"),),
)
@click.argument("name")
@click.option("--model", metavar="MODEL", default="", help="Another model of the backend.")
@click.option("--offline", is_flag=True, help="Send nothing; as ASSIST_OFFLINE=1.")
@json_option
@colour_option
def probe(name: str, model: str, offline: bool, as_json: bool, colour: str) -> int:
    """Make one small call to a backend and report what works.

    Nothing of a repository is sent. Exit code 1 means that something failed.
    """
    import asyncio
    import json
    from dataclasses import asdict

    models = _models(offline=offline)
    config = models.choose(name, model)
    if config is None:
        raise click.UsageError("none is the answer without a model; name a backend")
    from assistant.backends.probe import PROBE_TEXTS
    from assistant.cli.asking import agree
    from assistant.privacy import Part, Prompt

    prepared = models.gate.prepare([Part(text, Prompt()) for text in PROBE_TEXTS])
    agree(models, config, prepared)
    report = asyncio.run(_probed(models, config, prepared))
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        _print_report(report, colour)
    return 0 if report.answered and not report.problems else 1


def _models(*, offline: bool) -> "Models":
    import os

    from assistant.cli.asking import open_models
    from assistant.settings import load_settings

    return open_models(load_settings(os.environ), offline=offline)


def _settings_file() -> str:
    import os

    from assistant.settings import load_settings

    return str(load_settings(os.environ).config_file)


async def _discovered(models: "Models") -> list["LocalServer"]:
    import os

    from assistant.backends import candidates, discover

    return await discover(candidates(os.environ), models.gate.client)


async def _probed(models: "Models", config: "BackendConfig", prepared: "Prepared") -> "ProbeReport":
    from assistant.backends import test_backend

    backend = models.open(config)
    try:
        with models.gate.sending(prepared):
            return await test_backend(backend)
    finally:
        await backend.aclose()


def _record(config: "BackendConfig", models: "Models") -> dict[str, Any]:
    from assistant.backends.addresses import is_loopback, shown_url

    return {
        "name": config.name,
        "kind": config.kind,
        "url": shown_url(config.url),
        "model": config.model,
        "context_window": config.context_window,
        "local": is_loopback(config.url),
        "allowed": models.gate.consents.is_given(config.url),
    }


def _print(models: "Models", chosen: "BackendConfig | None", found: list["LocalServer"], colour: str) -> None:
    from assistant.cli.console import output, printable

    console = output(colour)
    lines: list[str] = []
    if models.configs:
        lines.append(f"Configured in {_settings_file()}:")
    for config in models.configs.values():
        record = _record(config, models)
        marks = ["answers unless another is named"] if chosen and chosen.name == config.name else []
        marks += ["on this machine"] if record["local"] else []
        marks += [] if record["allowed"] else ["asks before the first request"]
        name = console.paint(config.name, "name")
        lines.append(_line(f"  {config.model} at {record['url']} ({config.kind})", name, marks))
    known = {config.url.rstrip("/") for config in models.configs.values()}
    new = [server for server in found if server.url.rstrip("/") not in known]
    if new:
        lines += [""] * bool(lines) + ["Found on this machine:"]
    for server in new:
        offered = ", ".join(server.models[:8]) or "no models"
        lines.append(f"  {console.paint(server.label, 'name')}  {printable(f'{server.url}: {offered}')}")
    if new:
        lines += ["", f"To use it, write into {_settings_file()}:", *_sample(new[0])]
    elif not models.configs:
        lines += _nothing(offline=models.gate.offline)
    console.write("\n".join(lines))


def _line(text: str, name: str, marks: list[str]) -> str:
    """Return a line about a backend."""
    from assistant.cli.console import printable

    return f"  {name}{printable(text)}" + (f"  {', '.join(marks)}" if marks else "")


def _sample(server: "LocalServer") -> list[str]:
    from assistant.cli.console import printable

    name = server.label.lower().replace(".", "").replace(" ", "-")
    model = server.models[0] if server.models else "MODEL"
    text = _SAMPLE.format(name=name, kind=server.kind, url=server.url, model=model)
    return [f"  {printable(line)}" for line in text.splitlines()]


def _nothing(*, offline: bool) -> list[str]:
    looked = "was looked for: you are offline" if offline else "was found running on this machine"
    text = _SAMPLE.format(name="local", kind="ollama", url="http://127.0.0.1:11434", model="qwen2.5-coder:7b")
    return [
        f"No language model is configured, and none {looked}.",
        "Answers come from the index alone; searching needs no model.",
        "",
        f"To have one answer, start a server such as Ollama or llama.cpp, and write into {_settings_file()}:",
        *(f"  {line}" for line in text.splitlines()),
        "",
        "docs/models.md has the lines for each kind of server, and what is sent.",
    ]


def _print_report(report: "ProbeReport", colour: str) -> None:
    from assistant.cli.console import duration, output, printable

    console = output(colour)
    fill_in = {
        "yes": "yes",
        "ignored": "no: it answers, but not with regard to what follows the cursor",
        "no": "no",
        "unknown": "could not be told",
    }
    rows = [("answers", console.paint("yes", "good") if report.answered else console.paint("no", "error"))]
    if report.first_token_s is not None and report.total_s is not None:
        rows.append(("first token", f"{duration(report.first_token_s)}, all in {duration(report.total_s)}"))
        rows.append(("streams", "yes" if report.streaming else "no, or the answer came in one piece"))
    if report.answered:
        rows.append(("fills in code", fill_in[report.fill_in_the_middle]))
        window = f"{report.context_window:,} tokens" if report.context_window else "not told"
        rows.append(("context window", f"{window}{'' if report.context_window else '; 8,192 are assumed'}"))
    if report.usage is not None:
        usage = f"{report.usage.prompt_tokens} tokens in, {report.usage.completion_tokens} out"
        rows.append(("usage", usage))
    if report.offered:
        rows.append(("models offered", ", ".join(map(printable, report.offered[:12]))))
    lines = [
        f"{console.paint(report.name, 'name')}: {printable(report.model)} at {printable(report.endpoint)}"
    ]
    lines += [f"  {label:<15} {value}" for label, value in rows]
    lines += [f"  {console.paint('failed', 'error'):<15} {printable(problem)}" for problem in report.problems]
    console.write("\n".join(lines))
