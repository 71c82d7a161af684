"""Licence texts to test with: those of packages that the development environment has."""

from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path

_PACKAGES = {
    "MIT": "pluggy",
    "BSD-3-Clause": "click",
    "BSD-2-Clause": "pygments",
    "Apache-2.0": "requests",
    "MPL-2.0": "pathspec",
    "numpy": "numpy",
}


@lru_cache
def sample(name: str) -> str:
    for path in distribution(_PACKAGES[name]).files or ():
        if "dist-info" in str(path) and path.name.upper().startswith("LICEN"):
            return Path(str(path.locate())).read_text("utf-8")
    raise LookupError(name)
