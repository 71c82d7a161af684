"""A repository of more than 500 files to open in editors, with one place where each question is answered."""

from __future__ import annotations

import subprocess
from pathlib import Path

TOPICS = ("tea", "cup", "pot", "tray", "spoon", "kettle", "leaf", "water", "sugar", "milk")
PARSER = '''"""Reads invoices."""


class InvoiceError(ValueError):
    """An invoice that cannot be read."""


def parse_invoice(stream):
    """Parse an invoice: one line a position, with its name, its count and its price."""
    positions = []
    for line in stream:
        name, count, price = line.split(";")
        positions.append((name, int(count), float(price)))
    if not positions:
        raise InvoiceError("the invoice is empty")
    return positions
'''
PARSER_PATH, PARSER_LINE = "shop/billing/invoices.py", 8


def handler(name: str) -> str:
    """A function like its siblings, so that what comes next in another can be told."""
    return (
        f"def get_{name}(request):\n"
        f'    {name} = find_{name}(request.params["id"])\n'
        f"    if {name} is None:\n"
        '        return Response(status=404, body="not found")\n'
        f"    return Response(status=200, body=json.dumps({name}.as_dict()))\n\n\n"
    )


HEAD = "import json\n\nfrom web import Response\n\n\n"


def _module(topic: str, number: int) -> str:
    return (
        f'"""What a {topic} of kind {number} is."""\n\n\n'
        f"class {topic.title()}{number}:\n"
        f'    """A {topic}."""\n\n'
        f"    def weight_{number}(self, grams):\n"
        f"        return grams * {number} + len({topic!r})\n"
    )


def write_repository(root: Path, modules: int = 51) -> int:
    """Write a repository; how many files it has."""
    files = {
        f"shop/{topic}/kind_{number}.py": _module(topic, number)
        for topic in TOPICS
        for number in range(modules)
    }
    files |= {f"web/{topic}.py": HEAD + handler(topic) for topic in TOPICS[:6]}
    files |= {PARSER_PATH: PARSER, "web/new.py": HEAD + handler("user") + handler("order")}
    files |= {"README.md": "# Shop\n\nSells tea.\n", ".gitignore": "*.pyc\n"}
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return len(files)
