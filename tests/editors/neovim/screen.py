"""A Neovim with a screen, driven over its own protocol: keys go in, and what the user would see comes out.

Nothing sleeps: :meth:`Editor.until` waits on the pipe, which has something to read whenever the screen changes.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgpack

from tests.editors.neovim.obtain import Neovim

PATIENCE_S = 60.0
_TICK_S = 0.02
COLUMNS, ROWS = 120, 40

_SCREEN = """
local rows = {}
for row = 1, vim.o.lines do
  local cells = {}
  for column = 1, vim.o.columns do
    cells[column] = vim.fn.screenstring(row, column)
  end
  rows[row] = table.concat(cells):gsub("%s+$", "")
end
return table.concat(rows, "\\n")
"""


class Editor:
    """A running Neovim."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self._in, self._out = process.stdin, process.stdout
        self._unpacker = msgpack.Unpacker(raw=False, strict_map_key=False, unicode_errors="replace")
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)
        self._last = 0

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a function of Neovim's API."""
        self._last += 1
        self._in.write(msgpack.packb([0, self._last, method, list(arguments)]))
        self._in.flush()
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for message in self._read(PATIENCE_S):
                if message[0] == 1 and message[1] == self._last:
                    assert message[2] is None, f"{method}: {message[2]}"
                    return message[3]
        raise AssertionError(f"Neovim does not answer {method}")

    def _read(self, timeout_s: float) -> list[Any]:
        if self._selector.select(timeout_s):
            data = os.read(self._out.fileno(), 1 << 20)
            assert data, f"Neovim has ended with {self.process.poll()}"
            self._unpacker.feed(data)
        return list(self._unpacker)

    def lua(self, code: str, *arguments: Any) -> Any:
        """Run Lua in it; the value it returns."""
        return self.call("nvim_exec_lua", code, list(arguments))

    def command(self, line: str) -> None:
        self.call("nvim_command", line)

    def type(self, keys: str) -> None:
        """Press keys, as ``:help key-notation`` writes them."""
        self.call("nvim_input", keys)

    def screen(self) -> str:
        """What the screen shows, one line a row."""
        return str(self.lua(_SCREEN))

    def lines(self, buffer: int = 0) -> list[str]:
        """The text of a buffer."""
        return list(self.call("nvim_buf_get_lines", buffer, 0, -1, False))

    def messages(self) -> str:
        """What ``vim.notify`` was given."""
        return "\n".join(self.lua("return _G.notified"))

    def until(self, holds: Callable[[], Any], what: str, limit_s: float = PATIENCE_S) -> Any:
        """Wait until something holds; what it returns."""
        end = time.monotonic() + limit_s
        while not (found := holds()):
            if time.monotonic() > end:
                raise AssertionError(
                    f"{what} does not happen within {limit_s:.0f} s; the screen:\n{self.screen()}\n"
                    f"messages:\n{self.messages()}"
                )
            self._read(_TICK_S)
        return found

    def until_lua(self, expression: str, what: str, *arguments: Any) -> Any:
        """Wait until a Lua expression is true."""
        return self.until(lambda: self.lua(f"return {expression}", *arguments), what)

    def until_shown(self, text: str) -> str:
        """Wait until the screen shows a text; the screen."""

        def seen() -> str:
            screen = self.screen()
            return screen if text in screen else ""

        return str(self.until(seen, f'"{text}"'))

    def normal(self) -> None:
        """Leave whatever mode it is in."""
        self.type("<C-\\><C-n>")
        self.until(lambda: self.call("nvim_get_mode")["mode"] == "n", "normal mode")

    def close(self) -> None:
        """End it as its user does; what it has started ends, too."""
        self._selector.close()
        self._in.close()  # Neovim ends with its screen
        self._out.close()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise


@contextmanager
def neovim(program: Neovim, folder: Path, init: Path, environment: Mapping[str, str]) -> Iterator[Editor]:
    """Start Neovim with a screen in a folder, until the end of the block."""
    process = subprocess.Popen(
        [*program.command, "--embed", "-u", str(init), "-i", "NONE", "-n"],
        cwd=folder,
        env={**environment, **program.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    editor = Editor(process)
    try:
        editor.call("nvim_ui_attach", COLUMNS, ROWS, {"rgb": True, "ext_linegrid": True})
        yield editor
    finally:
        editor.close()
