"""``assist trust``: let a repository's ``assist.toml`` widen what may be sent, as long as that file stays as it is."""

from collections.abc import Sequence
from pathlib import Path

import click

from assistant.cli.command import Command, repo_option
from assistant.cli.console import printable


@click.command(
    name="trust",
    cls=Command,
    examples=(
        ("assist trust", "Trust this repository's assist.toml as it is now"),
        ("assist trust --list", "Which repositories are trusted"),
        ("assist trust --revoke", "No longer trust this repository"),
    ),
)
@repo_option
@click.option("--list", "show_list", is_flag=True, help="List the trusted repositories.")
@click.option("--revoke", is_flag=True, help="Stop trusting.")
def command(repos: tuple[Path, ...], show_list: bool, revoke: bool) -> int:
    """Trust a repository: what its assist.toml includes may then be sent although git ignores it.

    What it excludes always holds. It can never name an address, a key, a proxy or a program. A change of the file ends
    the trust. Exit code 1: nothing was trusted that could be revoked.
    """
    import os

    from assistant.cli.roots import roots_of
    from assistant.privacy.trust import TrustStore
    from assistant.settings import load_settings

    if show_list and (revoke or repos):
        raise click.UsageError("--list excludes --revoke and --repo; give one of them")
    store = TrustStore.in_folder(load_settings(os.environ).config_file.parent)
    if show_list:
        for line in [
            f"{item.root}"
            if item.is_current
            else f"{item.root}  (its assist.toml changed: no longer trusted)"
            for item in store.all()
        ] or ["No repository is trusted."]:
            click.echo(printable(line))
        return 0
    roots = roots_of(repos)
    if revoke:
        return _revoke(roots, [store.revoke(root) for root in roots])
    for root in roots:
        asked = store.trust(root)
        wider = ", ".join(asked.include) or "nothing, and so trust changes nothing yet"
        click.echo(
            printable(f"Trusted {root}, as long as its assist.toml stays as it is. It includes: {wider}")
        )
    return 0


def _revoke(roots: Sequence[Path], were_trusted: Sequence[bool]) -> int:
    for root, was_trusted in zip(roots, were_trusted, strict=True):
        click.echo(printable(f"{root} is no longer trusted." if was_trusted else f"{root} was not trusted."))
    return 0 if any(were_trusted) else 1
