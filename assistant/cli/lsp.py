"""``assist lsp``: the language server, which editors start."""

from pathlib import Path

import click

from assistant.cli.command import Command


@click.command(
    name="lsp",
    cls=Command,
    examples=(
        ("assist lsp", "What an editor starts; it talks to it through standard input and output"),
        ("assist lsp --tcp 7777", "For debugging: one client may connect to this port of this machine"),
    ),
)
@click.option(
    "--tcp", "port", metavar="PORT", type=click.IntRange(0, 65_535), help="Listen on a port; 0: any free one."
)
@click.option(
    "--log-file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the log goes. Default: lsp.log in the user's state folder.",
)
def command(port: int | None, log_file: Path | None) -> int:
    """Serve editors: search, questions, chat, completions, copied code.

    VS Code and Neovim start this by themselves when their plug-in is installed; docs/protocol.md has what any other
    client needs to know. The log says counts and times, never what is in files.
    """
    import gc
    import importlib
    import os

    gc.disable()  # thousands of classes are made now and never collected: a tenth of the time to start
    main = importlib.import_module("lsp.main")  # by name: this package knows nothing of the one above it
    gc.freeze()
    gc.enable()
    file = log_file or _default_log_file()
    if port is None:
        code: int = main.serve_stdio(file)
    else:
        code = main.serve_tcp(
            port, file, lambda number: click.echo(f"listening on 127.0.0.1:{number}", err=True)
        )
    import logging

    logging.shutdown()
    os._exit(code)  # a thread that still reads must not keep the process


def _default_log_file() -> Path:
    import os

    import platformdirs

    folder = os.environ.get("ASSIST_STATE_DIR") or platformdirs.user_state_dir("assist", appauthor=False)
    return Path(folder) / "lsp.log"
