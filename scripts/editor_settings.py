"""Print the settings as a VS Code manifest has them, under ``contributes.configuration.properties``.

``python scripts/editor_settings.py``; the schema is ``lsp/settings.py``.
"""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script

from lsp.settings import Setting, all_settings  # noqa: E402 - found through the line above
from lsp.wire import encode  # noqa: E402

_TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def manifest_settings() -> dict[str, dict[str, Any]]:
    """Every setting as the manifest describes it."""
    return {setting.key: _described(setting) for setting in all_settings()}


def _described(setting: Setting) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "string" if isinstance(setting.default, Enum) else _TYPES[setting.kind],
        "default": encode(setting.default),
        "markdownDescription": setting.doc,
        "scope": setting.scope,
    }
    if isinstance(setting.default, Enum):
        found["enum"] = [item.value for item in type(setting.default)]
    for name in ("minimum", "maximum"):
        if getattr(setting, name) is not None:
            found[name] = getattr(setting, name)
    return found


if __name__ == "__main__":
    print(json.dumps(manifest_settings(), indent=2))
