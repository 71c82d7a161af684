"""The command group: finds a command's module by name and turns errors into two lines: what, and what to do.

Nothing heavy is imported here or at the top of a command's module, so that help and completion come at once.
"""

import errno
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from assistant import __version__
from assistant.cli.command import WithExamples

COMMANDS = (
    "ask",
    "chat",
    "search",
    "run",
    "models",
    "audit",
    "trust",
    "eval",
    "check-copies",
    "copies",
    "corpus",
    "lsp",
    "index",
    "status",
    "doctor",
    "clean",
    "completion",
)


@dataclass
class Session:
    """What one call of the command line carries from its options to its end."""

    debug: bool = False


class _ReaderGone(Exception):
    """Nobody reads the output any more (``| head``)."""


class _Interrupted(Exception):
    """Ctrl-C, with the line that says how things stand."""


class _LazyGroup(WithExamples, click.Group):
    """Imports ``assistant.cli.NAME`` when the command is used, so that start-up stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(
            f"assistant.cli.{cmd_name.replace('-', '_')}"
        ).command
        if not any(param.name == "debug" for param in command.params):
            command.params.append(_debug_option())
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error  # click would make it a failure
        except KeyboardInterrupt as interrupt:
            raise _Interrupted(str(interrupt) or "interrupted") from interrupt  # click would drop the words

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f'no command "{args[0]}"{_near(args[0])}', ctx)
        return super().resolve_command(ctx, args)


def _near(name: str) -> str:
    import difflib

    found = difflib.get_close_matches(name, COMMANDS, 1)
    return f"; did you mean {found[0]}?" if found else f"; the commands are {', '.join(COMMANDS)}"


def _set_debug(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    session = ctx.find_object(Session)
    if value and session is not None and not session.debug:
        import logging

        session.debug = True
        logging.basicConfig(
            level=logging.DEBUG, format="%(relativeCreated)6d ms %(name)s: %(message)s", stream=sys.stderr
        )


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_set_debug,
        help="Show tracebacks and a log of what is done.",
    )


@click.group(
    cls=_LazyGroup,
    examples=(
        ('assist ask "where are PDFs parsed?"', "The places that answer, with their lines"),
        (
            "assist search TCPConnector",
            'Names, words, "exact text", /regular expressions/, paths, stack traces',
        ),
        ("assist status", "What is indexed"),
    ),
    params=[_debug_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="assist", message="%(prog)s %(version)s")
def cli() -> None:
    """Find and explain code on your own machine: no account, no network, nothing to configure.

    The first call indexes the repository around the current folder; later calls only look for changes.
    """


def run(args: Sequence[str]) -> int:
    """Run a command line.

    :param args: the arguments, without the program's name.
    :return: the exit code.
    :raises BrokenPipeError: if the reader of the output went away.
    """
    session = Session()
    try:
        code = cli.main(list(args) or ["--help"], prog_name="assist", standalone_mode=False, obj=session)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())  # the name of a group alone, as `assist` alone does
        return 0
    except click.ClickException as error:
        _report(_of_click(error))
        return error.exit_code
    except (_Interrupted, click.Abort) as interrupt:
        newline = "\n" if sys.stderr.isatty() else ""  # the terminal has just shown ^C
        click.echo(f"{newline}{str(interrupt) or 'interrupted'}", err=True)
        return 130
    except _ReaderGone as error:
        raise BrokenPipeError from error
    except Exception as error:
        if session.debug:
            import traceback

            traceback.print_exc()
        code, message = _explain(error)
        _report(message)
    return code if isinstance(code, int) else 0


def _report(message: str) -> None:
    """Print an error: what is wrong on the first line, what to do about it on the second."""
    from assistant.cli.console import Console, printable

    what, _, action = message.partition("; ")
    style = Console.for_stream(sys.stderr)
    click.echo(f"{style.paint('error:', 'error')} {printable(what)}", err=True, color=style.colour)
    if action:
        click.echo(f"       {printable(action)}", err=True)


def _of_click(error: click.ClickException) -> str:
    # click lists choices on lines of their own
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None and "; " not in message:
        message += f"; run `{error.ctx.command_path} --help` to see how it is used"
    return message[:1].lower() + message[1:]


def _explain(error: Exception) -> tuple[int, str]:
    """Return the exit code and the message that a user sees for an error."""
    from assistant.errors import AssistError, QueryError, SettingsError
    from indexer.embedding import EmbeddingError
    from indexer.errors import IndexerError

    if isinstance(error, QueryError | SettingsError):
        return 2, str(error)
    if isinstance(error, AssistError | IndexerError | EmbeddingError):
        return 3, str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return 3, f"{where}{error.strerror}; {_remedy(error)}"
    name = type(error).__name__
    return 3, f"{name}: {error}; this is a bug: run it again with --debug and report what it shows"


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space, or move the indexes with ASSIST_CACHE_DIR; an index is as it was before"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            "check its permissions, or move the indexes with ASSIST_CACHE_DIR; `assist doctor` looks into it"
        )
    return "`assist doctor` looks into it; an index is as it was before"
