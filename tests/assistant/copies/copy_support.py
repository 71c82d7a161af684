"""What the tests of the check for copies share: a workspace with installed packages, and code to copy from them."""

from pathlib import Path

from assistant.copies.check import CopyChecker
from assistant.settings import Settings
from tests.assistant.cli_support import write_files

INFUSE = '''def infuse(kettle, leaves, minutes=3):
    """Make tea."""
    strength = kettle.temperature * leaves.surface / kettle.volume
    for minute in range(minutes):
        strength += leaves.release(minute, kettle.temperature - 2 * minute)
        if strength > leaves.bitter_from:
            kettle.remove(leaves, after=minute)
            raise TooStrongError(f"{leaves.name} is bitter after {minute} minutes")
    return Infusion(kettle.pour(), strength, leaves.name)
'''
RENAMED = INFUSE.replace("kettle", "pot").replace("strength", "power").replace("minute", "step")

FROTH = """function froth(milk, wand, options = {}) {
  const target = options.target ?? milk.volume * 1.6;
  while (milk.volume < target && milk.temperature < 68) {
    wand.lower(milk.surface - 0.4);
    milk.stretch(wand.steam(options.pressure), { bubbles: "micro" });
  }
  if (milk.temperature >= 68) throw new ScaldedMilk(milk.temperature);
  return pour(milk, "latte art", options.cup);
}
"""
MINE = "import os\n\n\ndef mine(path):\n    return os.path.getsize(path)\n\n\n"


def install(root: Path, name: str, version: str, licence: str, files: dict[str, str]) -> Path:
    """Lay out a package as pip does; return its site-packages folder."""
    write_files(root / ".venv", {"pyvenv.cfg": "home = /usr\n"})
    site = root / ".venv" / "lib" / "python3.12" / "site-packages"
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
    metadata += f"License-Expression: {licence}\n" if licence else ""
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/METADATA"))
    return write_files(site, {**files, f"{info}/METADATA": f"{metadata}\nText\n", f"{info}/RECORD": record})


def workspace(folder: Path) -> Path:
    """Make a workspace with a package under the MIT and one under the GPL."""
    root = write_files(folder / "shop", {".gitignore": ".venv/\nnode_modules/\n"})
    install(root, "teapot", "1.2", "MIT", {"teapot/brew.py": f"import math\n\n\n{INFUSE}"})
    write_files(
        root / "node_modules" / "latte",
        {
            "package.json": '{"name": "latte", "version": "3.0.1", "license": "GPL-3.0-only"}',
            "froth.js": FROTH,
        },
    )
    return root


def checker_of(folder: Path, root: Path, **copies: object) -> CopyChecker:
    """Return a checker for a workspace, its packages read.

    :param copies: the user's table ``[copies]``.
    """
    settings = Settings(folder / "cache", folder / "config.toml", copies=copies)
    checker = CopyChecker(settings, {"HOME": str(folder / "home")}, [root])
    notes = checker.library.ensure(root).notes
    assert all(note.startswith("compared with") for note in notes), notes
    return checker
