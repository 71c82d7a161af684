"""Any sentence-transformers model as an embedder: the extra ``repo-assist[sentence-transformers]``.

Importing that package takes seconds and brings torch, so nothing here is imported on the default path,
and the package itself only when a model is loaded.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.embedding.errors import MissingExtraError, ModelFormatError, ModelNotFoundError
from indexer.embedding.protocol import Vectors

_BATCH_SIZE = 32
_SAMPLE_BYTES = 1 << 16


class SentenceTransformerEmbedder:
    """Embeds text with a sentence-transformers model, which cuts texts that are too long for it."""

    def __init__(self, name_or_path: str | Path) -> None:
        """Load a model.

        A folder never touches the network. A name is looked up in the local Hugging Face cache and downloaded
        from the Hugging Face Hub only when it is not there.

        :param name_or_path: a folder, or a model's name on the Hugging Face Hub.
        :raises MissingExtraError: when sentence-transformers is not installed.
        :raises ModelNotFoundError: when there is no such folder, and no such model can be had.
        :raises ModelFormatError: when the folder is there but cannot be loaded.
        """
        folder = Path(name_or_path).expanduser()
        if folder.is_dir():
            self._model = _load_folder(folder)
            self._model_id = f"{folder.resolve().name}@{_fingerprint(folder)}"
        elif _looks_like_path(str(name_or_path)):
            raise ModelNotFoundError(
                f"{name_or_path} is not a folder; name a model's folder or its name on the Hub"
            )
        else:
            self._model = _load_name(str(name_or_path))
            self._model_id = f"{name_or_path}@{_revision(self._model)}"
        width = _dimensions(self._model)
        if width is None:
            raise ModelFormatError(f"{name_or_path} does not say how long its vectors are")
        self._dimensions = width

    @property
    def model_id(self) -> str:
        """Name and content (a folder) or revision (a model of the Hub)."""
        return f"sentence-transformers:{self._model_id}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; see :class:`indexer.embedding.Embedder`. A blank text has a zero row."""
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        filled = [at for at, text in enumerate(texts) if text.strip()]
        if filled:
            vectors[filled] = self._model.encode(
                [texts[at] for at in filled],
                batch_size=_BATCH_SIZE,
                convert_to_numpy=True,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors


def _package() -> Any:  # noqa: ANN401 - untyped where it is not installed
    try:
        import sentence_transformers
    except ImportError as error:
        raise MissingExtraError(
            "sentence-transformers models need an extra: pip install 'repo-assist[sentence-transformers]'"
        ) from error
    return sentence_transformers


def _load_folder(folder: Path) -> Any:  # noqa: ANN401
    package = _package()
    try:
        return package.SentenceTransformer(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise ModelFormatError(f"{folder} is not a sentence-transformers model: {error}") from error


def _load_name(name: str) -> Any:  # noqa: ANN401
    package = _package()
    try:
        return package.SentenceTransformer(name, local_files_only=True)
    except (OSError, ValueError):
        pass  # not in the local cache: the user named it, so it may be fetched
    try:
        return package.SentenceTransformer(name)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelNotFoundError(
            f"the model {name} is neither in the local Hugging Face cache nor could it be downloaded: {error}"
        ) from error


def _looks_like_path(name: str) -> bool:
    """Tell a mistyped path from a Hub name, which has one slash at most, and inside."""
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1 or Path(name).is_absolute()


def _dimensions(model: Any) -> int | None:  # noqa: ANN401
    # renamed in sentence-transformers 6
    ask = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
    found: int | None = ask()
    return found


def _revision(model: Any) -> str:  # noqa: ANN401
    """Git revision of a model from the Hub, which transformers notes in its configuration."""
    inner = getattr(model[0], "auto_model", None)
    commit = getattr(getattr(inner, "config", None), "_commit_hash", None)
    return str(commit)[:12] if commit else "unknown"


def _fingerprint(folder: Path) -> str:
    """Hash the names, sizes, first and last bytes of a model's files: gigabytes are not read in full."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md"):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode(errors="surrogateescape"))
        with path.open("rb") as file:
            digest.update(file.read(_SAMPLE_BYTES))
            file.seek(max(0, size - _SAMPLE_BYTES))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]
