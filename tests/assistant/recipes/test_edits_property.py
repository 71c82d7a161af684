"""Random edits of real files, written in each form and read back: the edited file, or refused, never another."""

import contextlib
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.recipes.changes import EditTask, change_of
from assistant.recipes.edits import parse_answer
from assistant.recipes.errors import EditError
from assistant.recipes.rewriting import apply_hunks, edits_for
from assistant.recipes.texts import kept_lines
from indexer.chunking import Definition, parse_source
from indexer.languages import language_of
from tests.assistant.recipes.answers import (
    NUMBERED,
    UNNUMBERED,
    Form,
    fenced,
    stripped_blank_context,
    whole_file,
)

ROOT = Path(__file__).resolve().parents[3]
PATH = "src/some file.py"
FILES = [
    (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "assistant/engine.py",
        "assistant/recipes/edits.py",
        "indexer/languages.py",
        "tests/assistant/recipes/answers.py",
        "Makefile",
        "CHANGELOG.md",
        "pyproject.toml",
    )
]
TRICKY = [
    "-- a comment of SQL", "++ more", "--- a/x", "+++ b/x", "@@ -1 +1 @@", "@@", "```", "```python", "=======",
    "- item", "<<<<<<< SEARCH", ">>>>>>> REPLACE", "", "    ", "\t", "\\ No newline at end of file", " x", "…",
    "diff --git a/x b/x", "\x0c", "a\u2028b", "\x85", "*** End Patch", "*** Begin Patch", "~~~",
]  # fmt: skip


@st.composite
def edited(draw: st.DrawFn, tricky: bool) -> tuple[str, str]:
    lines = kept_lines(draw(st.sampled_from(FILES)))
    start = draw(st.integers(0, max(0, len(lines) - 60)))
    old = lines[start : start + 60]
    pool = (
        [*TRICKY, "x = 1", "\treturn", "        pass"]
        if tricky
        else ["x = 1", "\treturn a", "    def f():", "}"]
    )
    if tricky:
        for _ in range(draw(st.integers(0, 4))):
            old.insert(draw(st.integers(0, len(old))), draw(st.sampled_from(TRICKY)) + "\n")
    new = list(old)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(new)))
        del new[at : at + draw(st.integers(0, 3))]
        inserted = draw(st.lists(st.sampled_from([*pool, *(line[:-1] for line in old[:8])]), max_size=3))
        new[at:at] = [line + "\n" for line in inserted]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    texts = ["".join(lines).replace("\r", "").replace("\n", end) for lines in (old, new)]
    if draw(st.booleans()):
        texts = [text.removesuffix("\n").removesuffix("\r") for text in texts]
    return texts[0], texts[1]


def read_back(form: Form, old: str, new: str) -> str:
    hunks, others = edits_for(parse_answer(form(PATH, old, new)), PATH)
    assert others == []
    return apply_hunks(old, hunks)


def trimmed(text: str) -> str:
    return re.sub(r"^[ \t]+$", "", text, flags=re.MULTILINE)


SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("form", NUMBERED)
@given(texts=edited(tricky=False))
@SETTINGS
def test_a_form_with_true_line_numbers_gives_the_edited_file(form: Form, texts: tuple[str, str]) -> None:
    old, new = texts
    if old != new:
        result = read_back(form, old, new)
        if form is stripped_blank_context:  # it cannot tell blank lines from lines of blanks
            result, new = trimmed(result), trimmed(new)
        assert result == new


@pytest.mark.parametrize("form", UNNUMBERED)
@given(texts=edited(tricky=False))
@SETTINGS
def test_a_form_without_line_numbers_gives_the_edited_file_or_is_refused(
    form: Form, texts: tuple[str, str]
) -> None:
    old, new = texts
    if old == new:
        return
    with contextlib.suppress(EditError):
        result = read_back(form, old, new)
        # These forms cannot say whether the last line has an end.
        assert result.rstrip("\r\n") == new.rstrip("\r\n")


@pytest.mark.parametrize("form", [form for form in NUMBERED if form.__name__ != "plain_diff"])
@given(texts=edited(tricky=True))
@SETTINGS
def test_lines_that_look_like_marks_of_a_diff_do_not_mislead(form: Form, texts: tuple[str, str]) -> None:
    old, new = texts
    if old != new:
        result = read_back(form, old, new)
        if form is stripped_blank_context:  # it cannot tell blank lines from lines of blanks
            result, new = trimmed(result), trimmed(new)
        assert result == new


@pytest.mark.parametrize("form", UNNUMBERED)
def test_a_form_without_line_numbers_is_not_always_refused(form: Form) -> None:
    read = 0
    for text in FILES[:4]:
        lines = text.split("\n")
        at = max(range(len(lines)), key=lambda number: len(lines[number]))
        new = "\n".join([*lines[:at], "inserted = 1", *lines[at + 1 :]])
        read += read_back(form, text, new) == new
    assert read == 4


def functions_of(text: str) -> list[Definition]:
    parsed = parse_source(text.encode(), language_of(PATH))
    return [found for found in parsed.definitions if found.kind in ("function", "method")]


@pytest.mark.parametrize("text", FILES[:4])
def test_each_function_as_a_whole_replaces_itself_and_nothing_else(text: str) -> None:
    lines = text.split("\n")
    functions = functions_of(text)
    assert len(functions) > 3
    for found in functions:
        body = lines[found.start_line - 1 : found.end_line]
        first = lines[found.name_line - 1]
        body = [*body, first[: len(first) - len(first.lstrip())] + "    changed = True"]
        code = textwrap.dedent("\n".join(body)) + "\n"
        expected = "\n".join([*lines[: found.start_line - 1], *body, *lines[found.end_line :]])
        task = EditTask(PATH, text, (found.start_line, found.end_line), span_is_definition=True)
        assert change_of(fenced(code, "python"), task).change.new == expected, found.name


@pytest.mark.parametrize("text", FILES[:4])
def test_a_whole_file_replaces_the_file(text: str) -> None:
    new = text.replace("self", "this").replace("return", "return  ", 3) + "\n# end\n"
    assert change_of(whole_file(PATH, text, new), EditTask(PATH, text)).change.new == new
