"""A session in real Neovims: from the first index to a killed server, as the user sees it. The tests go in order."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.editors.neovim.conftest import CITING
from tests.editors.neovim.screen import Editor
from tests.editors.repository import COPIED, PARSER, PARSER_LINE, PARSER_PATH
from tests.servers.answering import model_that_says

pytestmark = pytest.mark.slow

_CLIENT = "vim.lsp.get_clients({ name = 'assist' })[1]"
_CREDIT = """
local function credit(action)
  return action.title:match("^Give credit") ~= nil
end
vim.lsp.buf.code_action({ apply = true, filter = credit })
"""
_PASSAGES = """
return vim.tbl_map(function(window)
  return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
end, vim.api.nvim_tabpage_list_wins(0))
"""
_OMNI = """
return vim.tbl_map(function(item)
  return item.word
end, require("assist.mentions").omnifunc(0, ...))
"""
TYPED = "def get_thing(request):<CR>thing = find_thing(request."
REST = 'params["id"])'


def opened(editor: Editor, path: str) -> None:
    """Edit a file in the only window."""
    editor.normal()
    editor.command("silent! only")
    editor.command(f"edit! {path}")
    editor.command("edit!")  # as it is saved, if it was open already
    editor.until_lua("require('assist.client').of() ~= nil", "the server of the buffer")


def test_the_first_index_is_shown_and_ends(editor: Editor) -> None:
    editor.command("edit web/new.py")
    editor.until_lua(
        "#vim.tbl_filter(function(value) return value.kind == 'begin' end, _G.progress) > 0",
        "progress that begins",
    )
    editor.until_lua(
        "#vim.tbl_filter(function(value) return value.kind == 'end' end, _G.progress) > 0",
        "progress that ends",
    )
    assert "assist: ready" in editor.until_shown("assist: ready")
    titles = editor.lua("return vim.tbl_map(function(value) return value.title or '' end, _G.progress)")
    assert any("ndex" in title for title in titles), titles


def test_search_fills_the_quickfix_list(editor: Editor, shop: Path) -> None:
    opened(editor, "web/new.py")
    editor.command("AssistSearch parse_invoice")
    editor.until_lua("vim.bo.buftype == 'quickfix'", "the quickfix window")
    first = editor.lua("local item = vim.fn.getqflist()[1] return { vim.fn.bufname(item.bufnr), item.lnum }")
    assert first == [PARSER_PATH, PARSER_LINE]
    editor.type("<CR>")
    editor.until_lua("vim.api.nvim_buf_get_name(0) == ...", "the found file", str(shop / PARSER_PATH))
    assert editor.call("nvim_get_current_line").startswith("def parse_invoice")


def test_search_that_finds_nothing_says_so(editor: Editor) -> None:
    opened(editor, "web/new.py")
    editor.command('AssistSearch "no such words are here"')
    editor.until(lambda: "Nothing found" in editor.messages(), "that it says so")


def test_a_chat_cites_and_the_citation_opens_the_lines(editor: Editor, shop: Path) -> None:
    opened(editor, "web/new.py")
    editor.command("AssistChat where are invoices parsed?")
    seen = editor.until_shown("citations checked")
    assert "[shop/none.py:1-2] ✗ no such file" in " ".join(seen.replace("│", " ").split())
    editor.command("call search('invoices.py:8')")
    editor.type("gf")
    editor.until_lua("vim.api.nvim_buf_get_name(0) == ...", "the cited file", str(shop / PARSER_PATH))
    assert editor.lua("return vim.fn.line('.')") == PARSER_LINE


def test_a_chat_is_gone_on_with_and_stopped(editor: Editor) -> None:
    opened(editor, "web/new.py")
    editor.lua("require('assist.chat').open(nil, { new = true, model = 'stall' })")
    editor.type("iwhat now?<C-s>")
    editor.until_lua("not vim.bo.modifiable", "an answer that begins")
    editor.until_lua("#vim.trim(table.concat(vim.fn.getline(7, '$'))) > 0", "the beginning of an answer")
    editor.command("AssistStop")
    editor.until(lambda: "_stopped_" in editor.lines(), "that the answer ends")
    editor.until_lua("vim.bo.modifiable", "the next question")
    assert editor.lines()[-3:] == ["## You", "", ""]


def chat_with(editor: Editor, model: str, question: str) -> None:
    """Begin a chat with a model, and ask."""
    editor.lua("require('assist.chat').open(({...})[2], { new = true, model = ({...})[1] })", model, question)
    editor.until_lua("vim.bo.modifiable", "an answer")


def test_a_recipe_is_run_from_the_chat_on_what_stands_beside_it(editor: Editor) -> None:
    opened(editor, PARSER_PATH)
    editor.command(f"call cursor({PARSER_LINE}, 1)")
    chat_with(editor, model_that_says(CITING), "/explain")
    text = "\n".join(editor.lines())
    assert "/explain" in text
    assert "parsed by `parse_invoice` [shop/billing/invoices.py:8-16]" in text
    assert "citations checked" in text
    editor.command("call search('invoices.py:8')")
    editor.type("gf")
    editor.until_lua("vim.fn.line('.') == ...", "the cited line", PARSER_LINE)


def test_what_begins_with_a_slash_and_is_no_recipe_is_a_question(editor: Editor) -> None:
    opened(editor, "web/new.py")
    chat_with(editor, model_that_says("That is a folder."), "/usr/bin is what?")
    assert "That is a folder." in editor.lines()


def test_names_of_recipes_and_files_are_completed_in_the_chat(editor: Editor) -> None:
    opened(editor, "web/new.py")
    editor.lua("require('assist.chat').open(nil, { new = true })")
    editor.type("i/exp")
    editor.until_lua("vim.fn.col('.') == 5", "what is typed")
    assert editor.lua("return require('assist.mentions').omnifunc(1, '')") == 0
    assert editor.lua(_OMNI, "/exp") == ["/explain"]
    editor.normal()
    assert PARSER_PATH in [word[1:] for word in editor.lua(_OMNI, "@shop/billing/inv")]


def ghost(editor: Editor) -> str:
    """Return the text of the suggestion on the screen."""
    return str(editor.lua("return require('assist.ghost').text() or ''"))


def typed(editor: Editor) -> None:
    """Type the beginning of a function at the end of the file, and wait for the suggestion."""
    opened(editor, "web/new.py")
    editor.until_shown("assist: ready")
    editor.type("Go" + TYPED)
    try:
        editor.until(lambda: ghost(editor), "a suggestion", 2)
    except AssertionError:  # on a busy machine there may be no time for an answer; who asks by hand gets more
        editor.lua("require('assist.ghost').trigger()")
        editor.until(lambda: ghost(editor), "a suggestion")


def test_ghost_text_is_accepted_and_undone(editor: Editor) -> None:
    typed(editor)
    suggested = ghost(editor)
    assert REST.startswith(suggested)
    assert f"find_thing(request.{suggested}" in editor.screen()
    assert editor.call("nvim_get_current_line").endswith("request.")
    editor.lua("require('assist').accept()")
    assert editor.call("nvim_get_current_line") == f"    thing = find_thing(request.{suggested}"
    editor.normal()
    editor.command("undo")
    assert editor.call("nvim_get_current_line").endswith("request.")


def test_ghost_text_is_accepted_word_by_word(editor: Editor) -> None:
    typed(editor)
    suggested = ghost(editor)
    editor.lua("require('assist.ghost').accept_word()")
    assert editor.call("nvim_get_current_line").endswith("request.params")
    assert ghost(editor) == suggested.removeprefix("params")


def test_typing_along_keeps_ghost_text_and_another_letter_takes_it_away(editor: Editor) -> None:
    typed(editor)
    suggested = ghost(editor)
    editor.type("pa")
    editor.until(lambda: ghost(editor) == suggested.removeprefix("pa"), "that the suggestion is typed along")
    editor.type("<C-\\><C-n>")
    editor.until(lambda: not ghost(editor), "that the suggestion goes")


def test_where_neovim_shows_suggestions_the_functions_act_on_them(editor: Editor) -> None:
    if not editor.lua("return vim.lsp.inline_completion ~= nil"):
        pytest.skip("this Neovim shows no suggestions by itself")
    opened(editor, "web/new.py")
    editor.lua("vim.lsp.inline_completion.enable(true)")
    try:
        editor.type("Go" + TYPED)
        editor.until_shown(f"find_thing(request.{REST[:8]}")
        assert not ghost(editor)
        assert editor.lua("return require('assist.ghost').accept_word()")
        editor.until(
            lambda: editor.call("nvim_get_current_line").endswith("request.params"), "that a word is taken"
        )
    finally:
        editor.lua("vim.lsp.inline_completion.enable(false)")


def test_a_mapped_key_accepts_or_does_what_it_does(editor: Editor) -> None:
    typed(editor)
    editor.lua("vim.keymap.set('i', '<Tab>', require('assist').key('accept', '<Tab>'), { expr = true })")
    suggested = ghost(editor)
    editor.type("<Tab>")
    editor.until(lambda: editor.call("nvim_get_current_line").endswith(suggested), "that the key accepts")
    editor.normal()
    editor.command("enew!")
    editor.type("i<Tab>x")
    editor.until(lambda: editor.lines() == ["\tx"], "that the key writes a tab")


CHANGED = (
    PARSER[PARSER.index("def parse") :]
    .replace("one line a position, with its name, its count and its price", "one position a line")
    .replace("the invoice is empty", "nothing is in the invoice")
)


def proposed(editor: Editor) -> None:
    """Have a change proposed that has two hunks."""
    opened(editor, PARSER_PATH)
    assert editor.lines() == PARSER.splitlines()
    model = model_that_says(f"```python\n{CHANGED}```\n")
    lines = {"first": PARSER_LINE, "last": PARSER.count("\n")}
    editor.lua(
        "require('assist.edits').edit('shorter', ({...})[1], { model = select(2, ...) })", lines, model
    )
    editor.until_shown("take hunk")


def test_a_proposed_change_is_taken_and_undone(editor: Editor, shop: Path) -> None:
    proposed(editor)
    assert "nothing is in the invoice" in editor.screen()
    editor.command("AssistAccept")
    editor.until(lambda: "the change is made" in editor.messages(), "that the change is made")
    assert editor.call("nvim_buf_get_name", 0) == str(shop / PARSER_PATH)
    assert "\n".join(editor.lines()).endswith(CHANGED.rstrip("\n"))
    editor.type("u")
    editor.until(lambda: editor.lines() == PARSER.splitlines(), "that it is undone")
    assert (shop / PARSER_PATH).read_text() == PARSER


def test_one_hunk_is_taken_and_the_other_rejected(editor: Editor) -> None:
    proposed(editor)
    editor.type("<CR>")
    file = editor.lua("return vim.fn.bufnr(...)", PARSER_PATH)
    editor.until(lambda: "one position a line" in "\n".join(editor.lines(file)), "that the first is taken")
    assert "the invoice is empty" in "\n".join(editor.lines(file))
    editor.type("x")
    editor.until_lua("vim.bo.buftype == ''", "that the view closes")
    assert "the invoice is empty" in "\n".join(editor.lines(file))
    editor.command("undo")


def test_pasted_code_is_marked_and_credited(editor: Editor) -> None:
    opened(editor, "web/new.py")
    editor.lua("vim.api.nvim_buf_set_lines(0, -1, -1, false, vim.split(..., '\\n'))", "\n\n" + COPIED)
    editor.until_lua("#vim.diagnostic.get(0) > 0", "a mark")
    message = editor.lua("return vim.diagnostic.get(0)[1].message")
    assert "teatools 1.2 (MIT" in message
    editor.lua("vim.api.nvim_win_set_cursor(0, { vim.diagnostic.get(0)[1].lnum + 1, 0 })")
    editor.command("AssistCompare")
    seen = editor.until_shown("teatools 1.2, teatools/__init__.py:6-")
    assert seen.count("def steeping_schedule(leaves, kettle") == 2
    editor.command("tabclose")
    editor.lua(_CREDIT)
    editor.until(lambda: any("teatools" in line for line in editor.lines()), "the attribution")


def test_copied_code_in_an_answer_is_told_and_shown_beside_its_source(editor: Editor, shop: Path) -> None:
    opened(editor, "assist.toml")
    editor.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, ...)", ["[copies]", 'review = ["MIT"]'])
    editor.command("write")
    opened(editor, "web/new.py")
    answer = f"Like this:\n\n```python\n{COPIED}```\nThat is all."
    chat_with(editor, model_that_says(answer), "how is tea made?")
    text = "\n".join(editor.lines())
    assert "> copied from teatools 1.2, teatools/__init__.py:6-" in text
    assert "(MIT); your policy: review" in text
    editor.command("call search('copied from')")
    editor.type("<CR>")
    editor.until_lua("#vim.api.nvim_tabpage_list_wins(0) == 2 and vim.wo.diff", "both passages")
    source, own = editor.lua(_PASSAGES)
    assert source == own == COPIED.splitlines()
    editor.type("q")
    editor.until_lua("#vim.api.nvim_list_tabpages() == 1", "that the passages go")
    (shop / "assist.toml").unlink()


def test_a_killed_server_starts_again_and_says_so(editor: Editor) -> None:
    opened(editor, "web/new.py")
    client = editor.lua(f"return {_CLIENT}.id")
    pid = next(
        child
        for child in editor.lua("return vim.api.nvim_get_proc_children(vim.fn.getpid())")
        if b"assistant" in Path(f"/proc/{child}/cmdline").read_bytes()
    )
    os.kill(pid, signal.SIGKILL)
    editor.until(
        lambda: "the server ended (signal 9); it starts again" in editor.messages(), "that it is told"
    )
    editor.until(lambda: "the server is back" in editor.messages(), "that it is back")
    editor.until_lua(f"{_CLIENT} ~= nil and {_CLIENT}.id ~= ...", "another server", client)
    editor.command("AssistSearch parse_invoice")
    editor.until_lua("vim.bo.buftype == 'quickfix'", "an answer")
