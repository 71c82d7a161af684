"""Write ``assistant/copies/licences/profiles.bin``: the profiles that licence texts are compared with.

    npm pack spdx-license-list && tar xzf spdx-license-list-*.tgz
    python scripts/update_licence_profiles.py package

The package carries the SPDX licence list (CC0-1.0) as ``licenses/ID.json``. Taken are the licences whose category is
known (``assistant/copies/licences/categories.py``), so what can be recognised can also be judged. A text is cut where
the instructions of how to apply it begin: those are often left out, and grant nothing.
"""

import json
import re
import sys
from pathlib import Path

from assistant.copies.licences.categories import Category, category_of
from assistant.copies.licences.profiles import Part, pack
from assistant.copies.licences.words import prepare, word_key, words_of

TARGET = Path(__file__).parents[1] / "assistant/copies/licences/profiles.bin"
MOST_BYTES = 500_000
_APPENDIX = re.compile(
    r"^.{0,8}(?:end of (?:the )?terms and conditions|exhibit a\b|appendix[ :]|attachment a\b|"
    r"addendum: how to use|how to apply)",
    re.MULTILINE,
)
# The list's text is that of another licence with a few words more or less.
_LEFT_OUT = {
    "MPL-2.0-no-copyleft-exception",
    "OpenSSL-standalone",
    "SSLeay-standalone",
    "BSD-2-Clause-FreeBSD",
    "BSD-2-Clause-NetBSD",
}


def main() -> None:
    """Convert the texts of the package that the command names."""
    texts: list[tuple[str, Part, list[int]]] = []
    for file in sorted(Path(sys.argv[1], "licenses").glob("*.json")):
        if category_of(file.stem) is Category.UNKNOWN or file.stem.endswith("-or-later"):
            continue
        if file.stem in _LEFT_OUT:
            continue
        texts += profiles(file.stem, json.loads(file.read_text("utf-8"))["licenseText"])
    packed = pack(texts)
    if len(packed) > MOST_BYTES:
        sys.exit(f"{len(packed):,} bytes are more than {MOST_BYTES:,}; leave licences out")
    TARGET.write_bytes(packed)
    print(f"{len({name for name, *_ in texts})} licences, {len(texts)} texts, {len(packed):,} bytes")


def profiles(name: str, text: str) -> list[tuple[str, Part, list[int]]]:
    """Return the parts of one licence's text as word keys."""
    prepared = prepare(text)
    if name == "LGPL-3.0-only":  # the list appends the GPL, which has a profile of its own
        prepared = prepared[: prepared.index("gnu general public license\nversion 3")]
    cut = len(prepared)
    for found in _APPENDIX.finditer(prepared):
        if found.start() > len(prepared) // 2:
            cut = found.start()
            break
    made = []
    for part, piece in ((Part.TERMS, prepared[:cut]), (Part.APPENDIX, prepared[cut:])):
        keys = [word_key(word) for word, _ in words_of(piece)]
        if len(keys) >= 8:
            made.append((name, part, keys))
    return made


if __name__ == "__main__":
    main()
