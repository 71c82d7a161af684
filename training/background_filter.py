"""Make the list of common grams that is shipped with fingerprints, out of unrelated projects.

    python -m training.background_filter --into indexer/fingerprints --family PROJECTS/a PROJECTS/b ...

Each folder is a *family*: put versions and forks of one project into one folder. Of every gram it is counted in how
many families it stands; the most common ones that fit are kept, an equal share for each language that has so many.
Licences and revisions of the projects are read where they can be and written into the card beside the list. No text of
theirs gets into it: a gram is 28 bits of a hash of ten tokens, without names of locals.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.discovery import SkippedFile, read_source
from indexer.fingerprints.commonness import CommonGrams
from indexer.fingerprints.fingerprints import grams_of
from indexer.fingerprints.streams import stream_of
from indexer.fingerprints.winnowing import K
from indexer.languages import LanguageKind, language_of
from indexer.lexing import lex

_GROUPS = {"typescript": "javascript", "tsx": "javascript", "cpp": "c"}
_MAX_FILE_BYTES = 300_000
_NOT_THEIRS = frozenset("vendor node_modules third_party _vendor testdata dist umd cjs esm generated".split())
LIST_NAME, CARD_NAME = "common-grams.bin", "common-grams.md"


@dataclass(frozen=True, slots=True)
class Family:
    """What was read of a project."""

    name: str
    source_bytes: int
    files: int
    revision: str
    licence: str


def count(folders: Sequence[Path], limit_bytes: int) -> tuple[list[Family], dict[str, NDArray[np.uint64]]]:
    """Read projects.

    :param limit_bytes: of each project's source that is read, in the order of paths.
    :return: the projects, and for each language the grams of all its families, once a family.
    """
    families: list[Family] = []
    grams: dict[str, list[NDArray[np.uint64]]] = {}
    for folder in sorted(folders):
        found: dict[str, list[NDArray[np.uint64]]] = {}
        size = files = 0
        for language, text in _texts(folder):
            if size > limit_bytes:
                break
            stream = stream_of(lex(text, language), language)
            made = grams_of(stream)
            found.setdefault(_GROUPS.get(language, language), []).append(made.hashes[made.usable])
            size, files = size + len(text), files + 1
        for language, parts in found.items():
            grams.setdefault(language, []).append(np.unique(np.concatenate(parts)))
        families.append(Family(folder.name, size, files, _revision(folder), _licence(folder)))
    return families, {language: np.concatenate(parts) for language, parts in grams.items()}


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        language = language_of(name.as_posix())
        if language.kind is not LanguageKind.CODE or not _NOT_THEIRS.isdisjoint(name.parts[:-1]):
            continue
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MAX_FILE_BYTES:
            continue
        source = read_source(folder, name.as_posix())
        if not isinstance(source, SkippedFile):
            yield language.name, source.text.decode("utf-8", "replace")


def choose(
    grams: dict[str, NDArray[np.uint64]], least: int, keys: int
) -> tuple[NDArray[np.uint64], dict[str, tuple[int, int]]]:
    """Choose the grams to keep.

    :param grams: by language, once a family.
    :param least: families that a gram has to stand in.
    :param keys: how many grams fit.
    :return: the grams; and for each language how many, and in how many families each stands at least.
    """
    counted = {}
    for language, hashes in grams.items():
        unique, counts = np.unique(hashes, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        order = order[counts[order] >= least]
        if len(order):
            counted[language] = unique[order], counts[order]
    chosen: list[NDArray[np.uint64]] = []
    said: dict[str, tuple[int, int]] = {}
    left, languages = keys, len(counted)
    # Those with few grams first, so that what they leave goes to the others.
    for language, (unique, counts) in sorted(counted.items(), key=lambda item: len(item[1][0])):
        share = min(len(unique), left // languages)
        chosen.append(unique[:share])
        said[language] = share, int(counts[share - 1]) if share else 0
        left, languages = left - share, languages - 1
    return np.concatenate(chosen), said


def _revision(folder: Path) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()[:12] if done.returncode == 0 and (folder / ".git").exists() else ""


def _licence(folder: Path) -> str:
    """The first line that says something in the licence file nearest to the top."""
    names = [path for pattern in ("LICEN[CS]E*", "COPYING*", "copyright") for path in folder.rglob(pattern)]
    for path in sorted(names, key=lambda path: (len(path.parts), path))[:1]:
        if path.is_file():
            lines = (line.strip() for line in path.read_text("utf-8", "replace").splitlines())
            return next((line[:60] for line in lines if any(map(str.isalpha, line))), "")
    return ""


def card(families: Sequence[Family], said: dict[str, tuple[int, int]], size: int) -> str:
    """Describe a list: what it was made of and how."""
    source = sum(family.source_bytes for family in families) / 1e6
    lines = [
        "# common-grams.bin",
        "",
        f"Grams of {K} tokens that unrelated projects share, as `indexer/fingerprints/commonness.py` reads them: "
        f"{size:,} bytes, made by `training/background_filter.py` from {len(families)} projects, {source:.0f} MB of "
        "source. It holds hashes of locals-blind tokens, no text.",
        "",
        "| language | grams | each in at least so many projects |",
        "|---|---|---|",
        *(f"| {language} | {number:,} | {least} |" for language, (number, least) in sorted(said.items())),
        "",
        "| project | files | MB | revision | licence file begins with |",
        "|---|---|---|---|---|",
        *(
            f"| {one.name} | {one.files} | {one.source_bytes / 1e6:.1f} | {one.revision} "
            f"| {one.licence.replace('|', ' ')} |"
            for one in families
        ),
        "",
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the list and its card."""
    parser = argparse.ArgumentParser(
        prog="python -m training.background_filter",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--family", type=Path, nargs="+", required=True, help="folders, one a project")
    parser.add_argument("--into", type=Path, required=True, help="folder to write the list and its card to")
    parser.add_argument(
        "--least", type=int, default=3, help="projects that share a gram (default: %(default)s)"
    )
    parser.add_argument("--keys", type=int, default=190_000, help="grams to keep (default: %(default)s)")
    parser.add_argument("--limit-mb", type=float, default=6.0, help="of each project (default: %(default)s)")
    given = parser.parse_args(argv)
    missing = [str(folder) for folder in given.family if not folder.is_dir()]
    if missing:
        print(f"not a folder: {', '.join(missing)}", file=sys.stderr)
        return 2
    families, grams = count(given.family, int(given.limit_mb * 1e6))
    if not grams:
        print("no source code in these folders", file=sys.stderr)
        return 2
    hashes, said = choose(grams, given.least, given.keys)
    data = CommonGrams.of(hashes).to_bytes()
    given.into.mkdir(parents=True, exist_ok=True)
    (given.into / LIST_NAME).write_bytes(data)
    (given.into / CARD_NAME).write_text(card(families, said, len(data)), "utf-8")
    print(f"{len(hashes)} grams of {len(families)} projects, {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
