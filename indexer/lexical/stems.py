"""What a file is called after: its own name, or its folder's where convention gives all files of a kind one name."""

from pathlib import PurePosixPath

_STAND_FOR_FOLDER = frozenset({"mod", "index"})
"""Names by which a language finds the entry of a module: ``extract/mod.rs`` is what others call ``extract``."""


def telling_stem(path: str) -> str:
    """Return a file's name without its suffix, or the name of its folder if the file stands for that.

    >>> telling_stem("src/extract/mod.rs")
    'extract'
    >>> telling_stem("src/parser.py")
    'parser'
    """
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem.lower() in _STAND_FOR_FOLDER and pure.parent.name else pure.stem
