"""The options that all benchmarks share, and the products that they name."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from benchmarks import query_set, results
from benchmarks.assist_command import Assist, default_command
from benchmarks.peers.semble_peer import Semble


def parser(module: str, description: str | None) -> argparse.ArgumentParser:
    """A parser with the options of every benchmark."""
    made = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--assist", default=default_command(), metavar="COMMAND", help="default: %(default)s")
    made.add_argument("--record", action="store_true", help="append the figures to the results file")
    made.add_argument("--results-file", type=Path, default=results.RESULTS, help="default: %(default)s")
    return made


def add_semble(made: argparse.ArgumentParser) -> None:
    """Options that name the peer semble; without both of them it is left out."""
    python, model = os.environ.get("BENCH_SEMBLE_PYTHON"), os.environ.get("BENCH_SEMBLE_MODEL")
    group = made.add_argument_group("peer semble (left out unless both are given)")
    group.add_argument(
        "--semble-python",
        type=Path,
        default=Path(python) if python else None,
        help="the Python of the virtual environment that semble is installed in (BENCH_SEMBLE_PYTHON)",
    )
    group.add_argument(
        "--semble-model",
        type=Path,
        default=Path(model) if model else None,
        help="folder of a model2vec model for it (BENCH_SEMBLE_MODEL)",
    )
    group.add_argument(
        "--semble-workers", type=int, default=0, help="SEMBLE_INDEX_WORKERS (default: %(default)s)"
    )


def add_query_set(made: argparse.ArgumentParser) -> None:
    """Options that name the query set and its repositories."""
    group = made.add_argument_group("query set")
    group.add_argument(
        "--bench", type=Path, default=query_set.DEFAULT_BENCH, help="its folder (default: %(default)s)"
    )
    group.add_argument(
        "--repos", type=Path, help="folder of its repositories (default: one in the user's cache)"
    )
    group.add_argument(
        "--mirror", type=Path, help="OWNER+NAME/repo git directories to write the repositories from"
    )
    group.add_argument(
        "--only", action="append", metavar="NAME", help="only this repository (repeat for more)"
    )


def add_tree(made: argparse.ArgumentParser) -> None:
    """The option that names a large source tree."""
    tree = os.environ.get("BENCH_TREE")
    made.add_argument(
        "--tree",
        type=Path,
        default=Path(tree) if tree else None,
        required=tree is None,
        help="a large source tree, such as Django's or CPython's (BENCH_TREE); it is only read",
    )


def assist_of(given: argparse.Namespace) -> Assist:
    """The assist that the options name."""
    return Assist(tuple(shlex.split(given.assist)))


def semble_of(given: argparse.Namespace) -> Semble | None:
    """The semble that the options name, if they do."""
    if given.semble_python is None or given.semble_model is None:
        return None
    # Not resolved: a virtual environment's Python is a link, and following it would leave the environment.
    return Semble(given.semble_python.absolute(), given.semble_model.resolve(), given.semble_workers)


def repositories_of(given: argparse.Namespace) -> list[query_set.Repository]:
    """The repositories that the options name.

    :raises query_set.QuerySetError: when they are not there, or `--only` names none of them.
    """
    folder = given.repos if given.repos is not None else query_set.materialise(given.bench, given.mirror)
    loaded = query_set.load(given.bench, folder)
    chosen = [repository for repository in loaded if not given.only or repository.name in given.only]
    if not chosen:
        raise query_set.QuerySetError(f"--only names no repository of the set: {', '.join(given.only)}")
    return chosen


def record(
    given: argparse.Namespace, benchmark: str, figures: Sequence[results.Figure], products: Sequence[str]
) -> None:
    """Append the figures to the results file when `--record` was given."""
    if given.record:
        results.append(benchmark, figures, products, given.results_file)
        print(f"recorded {len(figures)} figures in {given.results_file}")
