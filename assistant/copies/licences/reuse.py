"""REUSE: what a table of the repository (``REUSE.toml``, ``dep5``) says of its files."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assistant.copies.licences.expressions import all_of, normalise
from assistant.copies.licences.model import UNKNOWN_PART, Confidence, LicenceFinding


class Precedence(StrEnum):
    """Which counts when both the table and the file say something (REUSE 3.2)."""

    CLOSEST = "closest"
    AGGREGATE = "aggregate"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a table says of some files."""

    paths: re.Pattern[str]
    precedence: Precedence
    finding: LicenceFinding


def annotations_of(text: str, folder: str, name: str) -> list[Annotation]:
    """Read a ``REUSE.toml``; its paths are relative to its folder. A malformed file says nothing."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    tables = data.get("annotations", [])
    made = []
    for table in tables if isinstance(tables, list) else []:
        if not isinstance(table, Mapping):
            continue
        stated = _strings(table.get("SPDX-License-Identifier"))
        paths = _strings(table.get("path"))
        if stated and paths:
            given = str(table.get("precedence", "closest"))
            precedence = Precedence(given) if given in list(Precedence) else Precedence.CLOSEST
            copyrights = tuple(_strings(table.get("SPDX-FileCopyrightText")))
            made.append(Annotation(_pattern(paths, folder), precedence, _finding(stated, name, copyrights)))
    return made


def dep5_annotations(text: str) -> list[Annotation]:
    """Read the older ``.reuse/dep5``, Debian's machine-readable copyright format."""
    made = []
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r", "")):
        fields: dict[str, str] = {}
        key = ""
        for line in paragraph.splitlines():
            if line[:1] in " \t":
                fields[key] = f"{fields.get(key, '')}\n{line.strip()}"
            elif ":" in line:
                key, _, value = line.partition(":")
                key = key.casefold()
                fields[key] = value.strip()
        licence = fields.get("license", "").partition("\n")[0]
        if "files" in fields and licence:
            copyrights = tuple(line for line in fields.get("copyright", "").splitlines() if line)
            finding = _finding([licence], ".reuse/dep5", copyrights)
            made.append(
                Annotation(_pattern(fields["files"].split(), "", dep5=True), Precedence.AGGREGATE, finding)
            )
    return made


def last_fitting(annotations: list[Annotation], path: str) -> Annotation | None:
    """Return the last annotation whose paths fit: it is the one that counts."""
    return next((it for it in reversed(annotations) if it.paths.fullmatch(path)), None)


def _finding(stated: list[str], name: str, copyrights: tuple[str, ...]) -> LicenceFinding:
    known = [normalise(item) or UNKNOWN_PART for item in stated]
    confidence = Confidence.UNKNOWN if UNKNOWN_PART in known else Confidence.SURE
    return LicenceFinding(all_of(known), confidence, (f"{name}: {', '.join(stated)[:80]}",), copyrights)


def _pattern(paths: list[str], folder: str, *, dep5: bool = False) -> re.Pattern[str]:
    prefix = re.escape(f"{folder}/") if folder else ""
    return re.compile("|".join(prefix + _glob(path, dep5) for path in paths[:1_000]), re.DOTALL)


def _glob(path: str, across_folders: bool) -> str:
    """Translate ``*`` (within a folder; across folders in dep5), ``**`` and a backslash before a star."""
    parts = re.split(r"(\\.|\*\*+/?|\*|\?)", path.removeprefix("./"))
    made = []
    for part in parts:
        if part.startswith("\\") and len(part) == 2:
            made.append(re.escape(part[1]))
        elif part.startswith("**"):
            made.append("(?:.*/)?" if part.endswith("/") else ".*")
        elif part == "*":
            made.append(".*" if across_folders else "[^/]*")
        elif part == "?" and across_folders:
            made.append(".")
        else:
            made.append(re.escape(part))
    return "".join(made)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
