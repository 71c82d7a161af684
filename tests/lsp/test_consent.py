"""Before the first request to another machine the user is asked; no is no, yes is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lsp.editor import editing


@pytest.mark.slow
@pytest.mark.asyncio
async def test_nothing_is_sent_without_a_yes(tmp_path: Path, shop: Path) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(
        '[backends.far]\nkind = "openai"\nurl = "http://model.invalid/v1"\nmodel = "m"\n'
    )
    async with editing(home, shop) as editor:
        await editor.ready()
        with pytest.raises(Exception, match=r"nothing was sent to http://model\.invalid"):
            await editor.request("assist/ask", {"question": "where is the pool of connections?"})
        (screen,) = editor.questions
        assert "about to send text to http://model.invalid" in screen
        editor.reply = "Send"
        with pytest.raises(Exception, match="far"):
            await editor.request("assist/ask", {"question": "where is the pool of connections?"})
        assert len(editor.questions) == 2
        models = await editor.request("assist/models", {})
        assert models["backends"][0]["allowed"]
