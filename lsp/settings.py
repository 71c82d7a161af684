"""What a user sets in the editor, under ``assist``. The schema: documents and editors' manifests are made from it.

Which models there are, what is indexed and what may be sent is not decided here but in the user's ``config.toml``.
What could widen that has the scope ``machine``, so that no workspace's settings can decide it.
"""

import difflib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from lsp.schema import described
from lsp.wire import camel

T = TypeVar("T")


class LogLevel(StrEnum):
    """How much is logged."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


class CompletionList(StrEnum):
    """Whether suggestions stand in the editor's list of completions."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Keeping the index up to date."""

    enabled: bool = described(
        "Index the workspace's folders. Off: an index made with `assist index` is used as it is.", True
    )
    watch: bool = described("Follow changes of files outside the editor.", True)


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Searching."""

    limit: int = described("Results at most.", 20, minimum=1, maximum=200)


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """Asking."""

    backend: str = described(
        "The backend that answers, by its name in config.toml, or `none` for the index alone. "
        "Empty: as config.toml says.",
        "",
        scope="machine",
    )
    model: str = described("Another model of that backend.", "", scope="machine")


@dataclass(frozen=True, slots=True)
class CompletionSettings:
    """Completing code."""

    enabled: bool = described("Suggest code while typing.", True)
    backend: str = described(
        "The backend that completes, by its name in config.toml; `none` for predictions from the repository alone. "
        "Empty: as config.toml says.",
        "",
        scope="machine",
    )
    in_comments: bool = described("Suggest inside comments.", False)
    in_strings: bool = described("Suggest inside texts in quotes.", False)
    candidates: int = described(
        "Suggestions to choose from where several are asked for.", 3, minimum=1, maximum=10
    )
    list: CompletionList = described(
        "Whether suggestions also stand in the list of completions. `auto`: only where the editor shows no ghost text.",
        CompletionList.AUTO,
    )


@dataclass(frozen=True, slots=True)
class CopiesSettings:
    """Finding copied code."""

    enabled: bool = described("Mark copied code in open files.", True)
    allowed: bool = described(
        "Also mark what the policy allows, where the licence asks for credit and none is given.", True
    )


@dataclass(frozen=True, slots=True)
class CodeLensSettings:
    """Lines above definitions."""

    enabled: bool = described("Offer explanations and tests above definitions.", False)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """The server's log."""

    level: LogLevel = described("How much is written into the editor's output channel.", LogLevel.INFO)


@dataclass(frozen=True, slots=True)
class EditorSettings:
    """Everything under ``assist``."""

    index: IndexSettings = described("", IndexSettings)
    search: SearchSettings = described("", SearchSettings)
    chat: ChatSettings = described("", ChatSettings)
    completion: CompletionSettings = described("", CompletionSettings)
    copies: CopiesSettings = described("", CopiesSettings)
    code_lens: CodeLensSettings = described("", CodeLensSettings)
    log: LogSettings = described("", LogSettings)
    offline: bool = described("Send nothing, to models on this machine neither.", False, scope="machine")


def read_settings(data: object) -> tuple[EditorSettings, tuple[str, ...]]:
    """Read what a client sends; what is wrong keeps its default.

    :return: the settings, and a sentence about each value that could not be used.
    """
    problems: list[str] = []
    return _read(EditorSettings(), data, "assist", problems), tuple(problems)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as documents list it."""

    key: str
    """Such as ``assist.search.limit``."""
    kind: Any
    default: Any
    doc: str
    scope: str
    minimum: float | None
    maximum: float | None


def all_settings() -> Iterator[Setting]:
    """Return every setting, in the order of the schema."""
    yield from _settings(EditorSettings(), "assist")


def _settings(group: Any, prefix: str) -> Iterator[Setting]:  # noqa: ANN401 - a group of settings
    hints = typing.get_type_hints(type(group))
    for item in fields(group):
        key, value, meta = f"{prefix}.{camel(item.name)}", getattr(group, item.name), item.metadata
        if is_dataclass(value):
            yield from _settings(value, key)
        else:
            yield Setting(
                key, hints[item.name], value, meta["doc"], meta["scope"], meta["minimum"], meta["maximum"]
            )


def _read(group: T, data: object, prefix: str, problems: list[str]) -> T:
    if data is None:
        return group
    if not isinstance(data, Mapping):
        problems.append(f"{prefix} must be a group of settings; the defaults are used")
        return group
    known = {camel(item.name): item for item in fields(group)}  # type: ignore[arg-type]  # a dataclass
    hints = typing.get_type_hints(type(group))
    found: dict[str, Any] = {}
    for name, value in data.items():
        item = known.get(name)
        if item is None:
            near = difflib.get_close_matches(str(name), known, 1)
            if near:
                problems.append(f"{prefix}.{name} is no setting; did you mean {prefix}.{near[0]}?")
            continue
        current = getattr(group, item.name)
        if is_dataclass(current) and not isinstance(current, type):
            found[item.name] = _read(current, value, f"{prefix}.{name}", problems)
        elif value is not None:
            found[item.name] = _value(hints[item.name], value, current, f"{prefix}.{name}", item, problems)
    made: T = replace(group, **found)  # type: ignore[type-var]
    return made


def _value(
    kind: Any,  # noqa: ANN401 - a type
    value: object,
    default: object,
    key: str,
    item: "Field[Any]",
    problems: list[str],
) -> object:
    wanted = _wanted(kind, value, item)
    if wanted:
        shown = repr(value) if len(repr(value)) < 60 else type(value).__name__
        problems.append(f"{key} must be {wanted}, not {shown}; {str(default) or 'the default'} is used")
        return default
    return kind(str(value)) if isinstance(kind, type) and issubclass(kind, StrEnum) else value


def _wanted(kind: Any, value: object, item: "Field[Any]") -> str:  # noqa: ANN401
    """Say what a value should be; empty if it is."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        known = [choice.value for choice in kind]
        return "" if value in known else f"one of {', '.join(known)}"
    if kind is bool:
        return "" if isinstance(value, bool) else "true or false"
    if kind is str:
        return "" if isinstance(value, str) else "a text"
    lowest, highest = item.metadata["minimum"], item.metadata["maximum"]
    inside = (
        isinstance(value, int)
        and not isinstance(value, bool)
        and (lowest is None or value >= lowest)
        and (highest is None or value <= highest)
    )
    return "" if inside else f"a whole number from {lowest:g} to {highest:g}"
