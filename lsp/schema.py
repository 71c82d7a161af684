"""How fields of messages and settings say what they mean, for the documents and types that are generated from them."""

from dataclasses import MISSING, Field, field
from typing import Any


def described(
    doc: str,
    default: Any = MISSING,  # noqa: ANN401 - of the field's type
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    scope: str = "window",
) -> Any:  # noqa: ANN401 - as dataclasses.field
    """Declare a field with a sentence about it.

    :param minimum: of a number that a setting may have.
    :param scope: who may decide a setting: ``window`` lets a workspace do so, ``machine`` the user only.
    """
    metadata = {"doc": doc, "minimum": minimum, "maximum": maximum, "scope": scope}
    if default is MISSING:
        return field(metadata=metadata)
    if isinstance(default, type):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def doc_of(item: "Field[Any]") -> str:
    """Return the sentence about a field."""
    return str(item.metadata.get("doc", ""))
