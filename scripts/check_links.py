"""Check that every relative link in the Markdown documents names a file, and every anchor a heading of it.

Run by ``make docs``. Links to other hosts are not followed: the check works offline and is repeatable.
"""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def anchors(text: str) -> set[str]:
    """Return the anchors that hosting sites derive from the headings of a Markdown text.

    Lower case, punctuation dropped, blanks to hyphens; a repeated heading gets ``-1``, ``-2``, ...
    """
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        base = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        anchor, count = base, 0
        while anchor in found:
            count += 1
            anchor = f"{base}-{count}"
        found.add(anchor)
    return found


def broken_links(document: Path) -> list[str]:
    """Return one line for each relative link of a document that leads nowhere, in the order of the text."""
    text = document.read_text(encoding="utf-8")
    problems = []
    for link in _LINK.findall(_FENCE.sub("", text)):
        if _EXTERNAL.match(link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = document.parent / name if name else document
        if not target.exists():
            problems.append(f"{document}: link to {link}: no such file")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
            problems.append(f"{document}: link to {link}: no such heading")
    return problems


def documents(root: Path) -> list[Path]:
    """Return the Markdown files of the work tree, tracked or about to be, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.md"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return sorted(path for name in listed.split("\0") if name and (path := root / name).is_file())


def main() -> int:
    """Print the broken links; return 1 if there is one."""
    root = Path(__file__).resolve().parent.parent
    checked = documents(root)
    problems = [line for document in checked for line in broken_links(document)]
    for line in problems:
        print(line.removeprefix(f"{root}/"), file=sys.stderr)
    print(f"{len(checked)} documents, {len(problems)} broken links")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
