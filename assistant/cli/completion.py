"""``assist completion``: the script that makes a shell complete commands and options."""

import click

from assistant.cli.command import Command


@click.command(
    name="completion",
    cls=Command,
    examples=(
        ("assist completion bash > ~/.local/share/bash-completion/completions/assist", "Install it for bash"),
        (
            "assist completion zsh > ~/.zfunc/_assist",
            "For zsh, with `fpath+=~/.zfunc; autoload -Uz compinit; compinit` in ~/.zshrc",
        ),
        ("assist completion fish > ~/.config/fish/completions/assist.fish", "For fish"),
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print a shell's completion script, to be saved where the shell looks for it."""
    from click.shell_completion import get_completion_class

    from assistant.cli.main import cli

    completion = get_completion_class(shell)
    assert completion is not None
    # The class's own source() runs bash to look at its version; the script is the same without.
    script = completion(cli, {}, "assist", "_ASSIST_COMPLETE")
    click.echo(script.source_template % script.source_vars())
