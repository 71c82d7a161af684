"""The generated documents and types are those of the declarations, and the examples are what the declarations say."""

from __future__ import annotations

from typing import Any

import pytest

from lsp.protocol.declared import declared
from lsp.protocol.method import Method
from lsp.server import AssistServer
from lsp.wire import decode, encode
from scripts.protocol_types import generated


def test_the_generated_files_are_up_to_date() -> None:
    for file, text in generated().items():
        assert file.read_text("utf-8") == text, f"{file.name}: run python scripts/protocol_types.py"


def test_names_are_unique() -> None:
    names = [method.name for method in declared()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("method", declared(), ids=lambda method: method.name)
def test_examples_survive_the_wire(method: Method[Any, Any]) -> None:
    if method.params is not None:
        assert decode(method.params, encode(method.example)) == method.example
    if method.result is not None:
        assert decode(method.result, encode(method.answer)) == method.answer


def test_the_server_answers_what_is_declared_and_nothing_else() -> None:
    server = AssistServer()
    answered = {name for name in server.protocol.fm.features if name.startswith("assist/")}
    assert answered == {method.name for method in declared() if method.direction.value == "client to server"}
