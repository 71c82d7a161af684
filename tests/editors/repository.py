"""A repository of more than 500 files to open in editors, with one place where each question is answered."""

from __future__ import annotations

import subprocess
from pathlib import Path

COPIED = '''def steeping_schedule(leaves, kettle, minutes_by_variety):
    """Plan when each pot is to be taken off its leaves."""
    schedule = {}
    for variety, grams in sorted(leaves.items()):
        if variety not in minutes_by_variety:
            raise UnknownVariety(f"no steeping time for {variety!r}")
        temperature = kettle.temperature_for(variety, grams)
        minutes = minutes_by_variety[variety] * (1 + grams / 250)
        if temperature < kettle.boiling_point - 20:
            minutes += kettle.cooling_allowance(variety)
        schedule[variety] = Steeping(variety, temperature, round(minutes, 1))
    return [schedule[name] for name in sorted(schedule, key=lambda name: schedule[name].minutes)]
'''
_LIBRARY = '"""Makes tea."""\n\nfrom teatools.model import Steeping, UnknownVariety\n\n\n' + COPIED
_PACKAGES = ".venv/lib/python3.11/site-packages"

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


def _installed() -> dict[str, str]:
    """A package in the virtual environment, whose function the user copies."""
    info = f"{_PACKAGES}/teatools-1.2.dist-info"
    return {
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        f"{_PACKAGES}/teatools/__init__.py": _LIBRARY,
        f"{info}/METADATA": "Metadata-Version: 2.4\nName: teatools\nVersion: 1.2\nLicense-Expression: MIT\n",
        f"{info}/RECORD": "teatools/__init__.py,,\nteatools-1.2.dist-info/METADATA,,\n",
    }


def write_repository(root: Path, modules: int = 51) -> int:
    """Write a repository; how many files it has."""
    files = {
        f"shop/{topic}/kind_{number}.py": _module(topic, number)
        for topic in TOPICS
        for number in range(modules)
    }
    files |= {f"web/{topic}.py": HEAD + handler(topic) for topic in TOPICS[:6]}
    files |= {PARSER_PATH: PARSER, "web/new.py": HEAD + handler("user") + handler("order")}
    files |= {"README.md": "# Shop\n\nSells tea.\n", ".gitignore": "*.pyc\n.venv\n"} | _installed()
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return len(files)
