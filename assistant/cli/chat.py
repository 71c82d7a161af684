"""``assist chat``: a conversation about a repository."""

from pathlib import Path

import click

from assistant.cli.asking import model_options
from assistant.cli.command import Command, colour_option, repo_option

_LAST = "last"


@click.command(
    name="chat",
    cls=Command,
    examples=(
        ("assist chat", "Ask, search, paste a stack trace; /help lists the commands"),
        ("assist chat --resume", "Go on with the last conversation about this repository"),
        ("assist chat < questions.txt", "One line a turn, from a pipe"),
    ),
)
@repo_option
@model_options
@click.option(
    "--resume",
    is_flag=False,
    flag_value=_LAST,
    default=None,
    metavar="[ID]",
    help="Go on with a saved conversation: the one that begins so, or the last one about this repository.",
)
@colour_option
def command(
    repos: tuple[Path, ...], backend: str, model: str, offline: bool, resume: str | None, colour: str
) -> int:
    """Talk about a repository: a follow-up is understood with the turns before.

    What looks like a search gets search results, a question an answer, a stack trace its frames. Without a language
    model the index answers. Ctrl-C stops an answer, Ctrl-D ends the conversation. Conversations are saved on this
    machine, for you alone.
    """
    import os

    from assistant.cli.asking import open_models
    from assistant.cli.chat_session import Chat
    from assistant.cli.common import prepare
    from assistant.conversation import SessionStore, data_folder

    prepared = prepare(repos)
    models = open_models(prepared.engine.settings, offline=offline)
    store = SessionStore(data_folder(os.environ))
    session = store.new(prepared.roots)
    if resume is not None:
        session = store.open("" if resume == _LAST else resume, prepared.roots)
    with Chat(prepared, models, models.choose(backend, model), store, session, colour) as chat:
        return chat.run()
