"""What a method of the protocol is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

P = TypeVar("P")
R = TypeVar("R")


class Kind(StrEnum):
    """Whether an answer is expected."""

    REQUEST = "request"
    NOTIFICATION = "notification"


class Direction(StrEnum):
    """Who sends it."""

    TO_SERVER = "client to server"
    TO_CLIENT = "server to client"


@dataclass(frozen=True, slots=True)
class Method(Generic[P, R]):
    """One method: what is sent, what comes back, and what it is for."""

    name: str
    params: type[P] | None
    result: type[R] | None
    doc: str
    """What a client has to know, in Markdown."""
    example: P | None = None
    answer: R | None = None
    """The answer to the example."""
    streamed: Any = None
    """The type of each value that ``$/progress`` brings for the request's ``partialResultToken``, if it streams."""
    streamed_example: Any = None
    nullable: bool = False
    """Whether the result may be null."""
    kind: Kind = Kind.REQUEST
    direction: Direction = Direction.TO_SERVER
