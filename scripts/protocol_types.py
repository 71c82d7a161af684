"""Write what follows from the protocol's declarations: ``python scripts/protocol_types.py``.

That is the reference in ``docs/protocol.md``, between its marks, the TypeScript types of the VS Code extension and the
Lua annotations of the Neovim plug-in. A test compares the files with what this makes of the declarations.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script

from scripts.protocol_lua import lua  # noqa: E402 - found through the line above
from scripts.protocol_markdown import methods, settings  # noqa: E402
from scripts.protocol_typescript import typescript  # noqa: E402

PAGE = ROOT / "docs" / "protocol.md"
TYPESCRIPT = ROOT / "vscode-extension" / "src" / "protocol.ts"
LUA = ROOT / "neovim-plugin" / "lua" / "assist" / "protocol.lua"

_PARTS = {"methods": methods, "settings": settings}
_BLOCK = re.compile(r"(<!-- generated: (?P<part>\w+) -->\n).*?(<!-- end of generated text -->)", re.DOTALL)


def generated() -> dict[Path, str]:
    """Every file that is generated, with its text."""
    page = _BLOCK.sub(
        lambda match: f"{match.group(1)}\n{_PARTS[match['part']]()}\n\n{match.group(3)}",
        PAGE.read_text("utf-8"),
    )
    return {PAGE: page, TYPESCRIPT: typescript(), LUA: lua()}


if __name__ == "__main__":
    for file, text in generated().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
