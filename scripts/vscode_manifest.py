"""Write the server's settings into the VS Code extension's manifest: ``python scripts/vscode_manifest.py``.

Their texts go into the file of texts that can be translated; the extension's own settings stay as they are. A test
compares the files with what this makes of the schema.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script

from scripts.editor_settings import manifest_settings  # noqa: E402 - found through the line above

MANIFEST = ROOT / "vscode-extension" / "package.json"
WORDS = ROOT / "vscode-extension" / "package.nls.json"
_PREFIX = "setting.assist."


def generated() -> dict[Path, str]:
    """Every file that is generated, with its text."""
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    words = {
        key: text for key, text in json.loads(WORDS.read_text("utf-8")).items() if not key.startswith(_PREFIX)
    }
    properties = manifest_settings()
    for key, described in properties.items():
        words[f"setting.{key}"] = described["markdownDescription"]
        described["markdownDescription"] = f"%setting.{key}%"
    manifest["contributes"]["configuration"][0]["properties"] = properties
    return {MANIFEST: _json(manifest), WORDS: _json(words)}


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for file, text in generated().items():
        file.write_text(text, "utf-8")
