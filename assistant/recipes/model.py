"""What a recipe is: a prompt, the context that it asks for, and what its answer may be.

Plain values, made by ``files`` from Markdown files and used by everything else here.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


class Mode(enum.StrEnum):
    """What becomes of the model's answer."""

    ANSWER = "answer"  # it is shown
    EDIT = "edit"  # it becomes a diff of the target's file
    NEW_FILE = "new-file"  # it becomes a diff that adds a test file, or adds to one


class Origin(enum.StrEnum):
    """Where a recipe comes from, in order of precedence: a user's own recipe is never replaced by a repository's."""

    USER = "user"
    REPOSITORY = "repository"
    BUILTIN = "built-in"


class SourceKind(enum.StrEnum):
    """A kind of context that a recipe can declare."""

    SELECTION = "selection"
    FILE = "file"
    DEFINITION = "definition"
    CALLERS = "callers"
    TESTS = "tests"
    TESTING = "testing"
    DIFF = "diff"
    STAGED = "staged"
    COMMIT = "commit"
    LOG = "log"
    RELATED = "related"
    README = "readme"
    DOCS = "docs"
    QUERY = "query"


TARGET_KINDS = frozenset(
    {
        SourceKind.SELECTION,
        SourceKind.DEFINITION,
        SourceKind.CALLERS,
        SourceKind.TESTS,
        SourceKind.TESTING,
        SourceKind.RELATED,
    }
)
"""Context that is about a target; ``file`` without a path is, too."""


class OutputFormat(enum.StrEnum):
    """What an answer is read as."""

    TEXT = "text"
    FINDINGS = "findings"  # one "path:line: what is wrong" each
    COMMIT_MESSAGE = "commit-message"


@dataclass(frozen=True, slots=True)
class ContextSource:
    """One declared source of context."""

    kind: SourceKind
    argument: str = ""
    """The text of a ``query``, the path of a ``file``; may hold ``{{parameters}}``."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the user can give, ``{{name}}`` in the prompt."""

    name: str
    description: str = ""
    default: str | None = None
    """None: it must be given."""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What an answer must be like."""

    format: OutputFormat = OutputFormat.TEXT
    cite: bool = False
    """Every claim names its lines."""
    max_words: int | None = None
    only_comments: bool = False
    """An edit may change comments and docstrings only."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One recipe, as read from its file."""

    name: str
    description: str
    prompt: str
    """With ``{{parameters}}``."""
    origin: Origin
    file: str
    """Where it was read, for people."""
    mode: Mode = Mode.ANSWER
    context: tuple[ContextSource, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))
    temperature: float | None = None
    max_tokens: int | None = None
    output: Output = field(default_factory=Output)

    @property
    def needs_target(self) -> bool:
        """Tell whether it works on a file, lines or a symbol."""
        return self.mode is not Mode.ANSWER or any(
            source.kind in TARGET_KINDS or (source.kind is SourceKind.FILE and not source.argument)
            for source in self.context
        )
