"""What package metadata says of the licence: Python's METADATA and pyproject.toml, package.json, Cargo.toml, pom.xml.

Everything here comes from other people's files: malformed ones say nothing, and nothing raises.
"""

import json
import re
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from email.parser import HeaderParser
from typing import Any

from assistant.copies.licences.expressions import all_of, any_of, normalise, parts_of
from assistant.copies.licences.model import UNKNOWN_PART, Confidence, LicenceFinding
from assistant.copies.licences.names import PROPRIETARY, from_classifier, from_name
from assistant.copies.licences.texts import identify_text

Read = Callable[[str], str | None]
"""Returns the text of a file beside the metadata, named relative to it, or ``None``."""
_MOST_CHARS = 4_000_000
_LONG_NAME = 200
"""From here on a "License" field is the licence's text rather than its name."""
_SEE = re.compile(r"see\s+licen[sc]e\s+in\s+(\S+)", re.IGNORECASE)


def read_nothing(name: str) -> str | None:
    """A :data:`Read` where there is no file beside the metadata."""
    return None


def python_licence(text: str, read: Read = read_nothing) -> LicenceFinding | None:
    """Read METADATA or PKG-INFO: ``License-Expression`` (PEP 639), else classifiers and the old ``License`` field."""
    headers = HeaderParser().parsestr(text[:_MOST_CHARS])
    stated = str(headers.get("License-Expression") or "").strip()
    if stated:
        return _stated(stated, "metadata License-Expression")
    classifiers = [str(value).strip() for value in headers.get_all("Classifier", [])]
    return _old_python(str(headers.get("License") or ""), classifiers, "metadata")


def _old_python(name: str, classifiers: Sequence[str], where: str) -> LicenceFinding | None:
    found: list[LicenceFinding] = []
    listed = [c for c in classifiers if c.startswith("License ::") and c != "License :: OSI Approved"]
    known = [from_classifier(c) for c in listed]
    plain = name.strip()
    if plain and plain.casefold() not in ("unknown", "none", "n/a"):
        expression = from_name(plain)
        if expression:
            finding = _probable(expression, f'{where} License: "{_short(plain)}"')
            if {_base(e) for e in known if e} <= {_base(part) for part in parts_of(expression)}:
                return finding  # a classifier that is not plain takes nothing from it
            found.append(finding)
        elif len(plain) > _LONG_NAME:
            found.append(identify_text(plain, f"{where} License").at_most(Confidence.PROBABLE))
    if listed and all(known):
        evidence = f"{where} classifier: {'; '.join(c.rpartition(' :: ')[2] for c in listed)}"
        found.append(_probable(all_of(e for e in known if e), evidence))
    elif any(known):  # one is plain, another leaves open which licence it is
        found.append(
            _probable(all_of([*(e for e in known if e), UNKNOWN_PART]), f"{where} classifiers, one not plain")
        )
    if not found:
        return None
    finding = found[0]
    for other in found[1:]:
        if not _agree(finding.expression, other.expression):
            finding = LicenceFinding(
                all_of([finding.expression, other.expression]),
                Confidence.UNKNOWN,
                (*finding.evidence, *other.evidence),
            )
    return finding


def pyproject_licence(text: str, read: Read = read_nothing) -> LicenceFinding | None:
    """Read pyproject.toml: ``project.license`` in its three forms, classifiers, poetry's field."""
    data = _toml(text)
    project, poetry = _table(data, "project"), _table(_table(data, "tool"), "poetry")
    classifiers = [c for c in project.get("classifiers", ()) if isinstance(c, str)]
    licence = project.get("license", poetry.get("license"))
    if isinstance(licence, Mapping):
        file = licence.get("file")
        if isinstance(file, str):
            return _from_file(file, read, "pyproject.toml license.file")
        licence = licence.get("text")
    if not isinstance(licence, str):
        return _old_python("", classifiers, "pyproject.toml")
    expression = normalise(licence)
    if expression and not classifiers:
        return LicenceFinding(expression, Confidence.SURE, (f"pyproject.toml license: {expression}",))
    return _old_python(licence, classifiers, "pyproject.toml")


def node_licence(text: str, read: Read = read_nothing) -> LicenceFinding | None:
    """Read package.json: ``license`` as SPDX, as the old object, the old ``licenses`` list, ``SEE LICENSE IN``."""
    try:
        data = json.loads(text[:_MOST_CHARS])
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    stated = data.get("license", data.get("licence", data.get("licenses")))
    if isinstance(stated, list):
        found = [_node_name(item, read) for item in stated]
        known = [it.expression if it else UNKNOWN_PART for it in found]
        if not known:
            return None
        # npm's documents translate the old list into "(A OR B)".
        return LicenceFinding(any_of(known), Confidence.PROBABLE, ("package.json licenses (old list form)",))
    return _node_name(stated, read)


def _node_name(stated: object, read: Read) -> LicenceFinding | None:
    if isinstance(stated, dict):
        stated = stated.get("type", stated.get("name"))
    if not isinstance(stated, str) or not stated.strip():
        return None
    see = _SEE.match(stated.strip())
    if see:
        return _from_file(see[1].strip("<>\"'"), read, f'package.json license "{_short(stated)}"')
    if stated.strip().upper() == "UNLICENSED":
        return LicenceFinding(PROPRIETARY, Confidence.SURE, ("package.json license: UNLICENSED",))
    return _stated(stated, "package.json license")


def cargo_licence(text: str, read: Read = read_nothing) -> LicenceFinding | None:
    """Read Cargo.toml: ``license`` (``/`` is the old ``OR``), ``license-file``, a workspace's own table."""
    data = _toml(text)
    for table in (_table(data, "package"), _table(_table(data, "workspace"), "package")):
        licence, file = table.get("license"), table.get("license-file")
        if isinstance(licence, str):
            return _stated(licence.replace("/", " OR "), "Cargo.toml license")
        if isinstance(file, str):
            return _from_file(file, read, "Cargo.toml license-file")
    return None


def maven_licence(text: str, read: Read = read_nothing) -> LicenceFinding | None:
    """Read pom.xml. Several licences are a choice by Maven's own definition of the element, none is for the parent.

    A document with a DTD is refused: entities can be made to grow without end.
    """
    if len(text) > _MOST_CHARS or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    names = []
    for licences in root:
        if _local(licences.tag) == "licenses":
            for licence in licences:
                values = {_local(item.tag): (item.text or "").strip() for item in licence}
                known = from_name(values.get("name", "")) or from_name(values.get("url", ""))
                names.append((known or UNKNOWN_PART, values.get("name", "")))
    if not names:
        return None
    evidence = f"pom.xml licenses: {'; '.join(_short(name) for _, name in names)}"
    if any(known == UNKNOWN_PART for known, _ in names):
        return LicenceFinding(all_of(known for known, _ in names), Confidence.UNKNOWN, (evidence,))
    # The POM reference: "the user may choose between them". People also list the licences of parts, hence: probable.
    return LicenceFinding(any_of(known for known, _ in names), Confidence.PROBABLE, (evidence,))


READERS: Mapping[str, Callable[[str, Read], LicenceFinding | None]] = {
    "METADATA": python_licence,
    "PKG-INFO": python_licence,
    "pyproject.toml": pyproject_licence,
    "package.json": node_licence,
    "Cargo.toml": cargo_licence,
    "pom.xml": maven_licence,
}
"""By the name of the file."""


def same_licence(one: str, other: str) -> bool:
    """Tell whether two licences differ in no more than "or later" and an exception."""
    return _base(one) == _base(other)


def _base(licence: str) -> str:
    plain = re.sub(r"-(?:only|or-later)$", "", licence.partition(" WITH ")[0])
    return "Python" if plain in ("PSF-2.0", "Python-2.0", "Python-2.0.1") else plain


def _agree(one: str, other: str) -> bool:
    return {_base(part) for part in parts_of(one)} == {_base(part) for part in parts_of(other)}


def _stated(text: str, where: str) -> LicenceFinding | None:
    expression = normalise(text)
    if expression:
        return LicenceFinding(expression, Confidence.SURE, (f"{where}: {expression}",))
    named = from_name(text)
    return _probable(named, f'{where}: "{_short(text)}"') if named else None


def _probable(expression: str, evidence: str) -> LicenceFinding:
    unknown = UNKNOWN_PART in expression
    return LicenceFinding(expression, Confidence.UNKNOWN if unknown else Confidence.PROBABLE, (evidence,))


def _from_file(name: str, read: Read, where: str) -> LicenceFinding | None:
    text = read(name)
    return identify_text(text, name).because(where) if text is not None else None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text[:_MOST_CHARS])
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
