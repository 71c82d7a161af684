"""Prompts: what of a document and of other files they hold, within a budget, in which form."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.backends import ChatRequest
from assistant.backends import CompletionRequest as ModelRequest
from assistant.completion.material import Fragment, Why
from assistant.completion.prompting.comments import commented
from assistant.completion.prompting.prompt import (
    Draft,
    Sampling,
    chat_draft,
    chosen,
    suffix_draft,
    template_draft,
)
from assistant.completion.prompting.templates import template_for
from assistant.completion.prompting.window import window_of
from assistant.privacy import FileOrigin
from tests.assistant.completion.support import at

SAMPLING = Sampling(64, 0.1, ("\n",))
REQUEST = at("import os\n\ndef f(‸):\n    pass\n", path="pkg/a.py")
FRAGMENT = Fragment("pkg/b.py", 3, 4, "def g(x):\n    return x", Why.DEFINITION, 1.0)


def _texts(draft: Draft) -> list[str]:
    return [part.text for part in draft.parts]


def test_a_small_document_is_given_whole() -> None:
    window = window_of(REQUEST, 1_000)
    assert (window.header, window.prefix, window.suffix) == ("", REQUEST.prefix, REQUEST.suffix)


def test_a_large_document_is_cut_to_lines_and_keeps_its_imports() -> None:
    body = "".join(f"value_{number} = compute({number})\n" for number in range(400))
    request = at(f'"""Doc."""\nimport os\nfrom a import b\n\n{body}x = ‸\n{body}')
    window = window_of(request, 600)
    assert window.tokens <= 600
    assert window.header == "import os\nfrom a import b\n"
    assert window.prefix.endswith("value_399 = compute(399)\nx = ")
    assert window.prefix.startswith("value_")
    assert window.suffix.startswith("\nvalue_0 = compute(0)\n")


@settings(deadline=None)
@given(st.text(st.sampled_from("ab_1(\n \té"), max_size=3_000), st.integers(256, 1_000), st.data())
def test_a_window_keeps_to_its_budget_around_the_cursor(text: str, budget: int, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    request = at(f"{text[:offset]}‸{text[offset:]}")
    window = window_of(request, budget)
    assert request.prefix.endswith(window.prefix)
    assert request.suffix.startswith(window.suffix)
    assert window.tokens <= budget


def test_fragments_fill_the_rest_of_the_budget_once_each() -> None:
    same = Fragment("pkg/b.py", 4, 9, "    return x", Why.RECENT, 0.5)
    long = Fragment("pkg/c.py", 1, 99, "word " * 900, Why.RECENT, 0.4)
    short = Fragment("pkg/d.py", 1, 1, "z = 1", Why.REPOSITORY, 0.2)
    # The most useful one stands last, next to the code.
    assert chosen([FRAGMENT, same, long, short], 200) == [short, FRAGMENT]


def test_a_server_that_takes_a_suffix_gets_files_as_comments() -> None:
    draft = suffix_draft(REQUEST, window_of(REQUEST, 1_000), [FRAGMENT], SAMPLING)
    asked = draft.finish(_texts(draft))
    assert isinstance(asked, ModelRequest)
    assert asked.prefix == "# pkg/b.py:\n# def g(x):\n#     return x\nimport os\n\ndef f("
    assert (asked.suffix, asked.stop) == ("):\n    pass\n", ("\n",))
    assert draft.parts[draft.document].text == REQUEST.prefix


def test_without_a_suffix_it_still_fills_in() -> None:
    request = at("x = ‸")
    draft = suffix_draft(request, window_of(request, 1_000), [], SAMPLING)
    asked = draft.finish(_texts(draft))
    assert isinstance(asked, ModelRequest)
    assert asked.suffix == "\n"


TEMPLATED = {
    "qwen2.5-coder": (
        "<|file_sep|>pkg/b.py\ndef g(x):\n    return x\n<|file_sep|>pkg/a.py\n"
        "<|fim_prefix|>import os\n\ndef f(<|fim_suffix|>):\n    pass\n<|fim_middle|>"
    ),
    "codellama": (
        "<PRE> # pkg/b.py:\n# def g(x):\n#     return x\nimport os\n\ndef f( <SUF>):\n    pass\n <MID>"
    ),
    "codestral": (
        "+++++ pkg/b.py\ndef g(x):\n    return x\n+++++ pkg/a.py\n"
        "[SUFFIX]):\n    pass\n[PREFIX]import os\n\ndef f("
    ),
}


@pytest.mark.parametrize("model", TEMPLATED)
def test_a_template_is_filled(model: str) -> None:
    template = template_for(model)
    assert template is not None
    draft = template_draft(REQUEST, window_of(REQUEST, 1_000), [FRAGMENT], template, SAMPLING)
    asked = draft.finish(_texts(draft))
    assert isinstance(asked, ModelRequest)
    assert (asked.prefix, asked.suffix) == (TEMPLATED[model], "")
    assert asked.stop[0] == "\n"
    assert len(asked.stop) <= 4
    assert draft.parts[draft.document].text == REQUEST.prefix


def test_a_chat_model_is_told_where_the_cursor_is() -> None:
    draft = chat_draft(REQUEST, window_of(REQUEST, 1_000), [FRAGMENT], SAMPLING)
    asked = draft.finish(_texts(draft))
    assert isinstance(asked, ChatRequest)
    assert [message.role for message in asked.messages] == ["system", "user"]
    assert "def f(<CURSOR>):\n    pass" in asked.messages[1].content
    assert draft.parts[draft.document].text == REQUEST.prefix


def test_every_line_of_a_file_says_which_file_it_is_from() -> None:
    draft = suffix_draft(REQUEST, window_of(REQUEST, 1_000), [FRAGMENT], SAMPLING)
    origins = [part.origin for part in draft.parts]
    assert origins == [
        FileOrigin(Path("/nowhere"), "pkg/b.py", 3, 4),
        FileOrigin(Path("/nowhere"), "pkg/a.py", 1, 1),
        FileOrigin(Path("/nowhere"), "pkg/a.py", 1, 3),
        FileOrigin(Path("/nowhere"), "pkg/a.py", 3, 5),
    ]


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("python", "# a\n#\n# b"),
        ("go", "// a\n//\n// b"),
        ("sql", "-- a\n--\n-- b"),
        (None, "// a\n//\n// b"),
    ],
)
def test_comments(language: str | None, wanted: str) -> None:
    assert commented("a\n\nb", language) == wanted
