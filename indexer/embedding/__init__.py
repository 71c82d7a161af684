"""Text to vectors: the :class:`Embedder` protocol, the model that ships, sentence-transformers instead.

The shipped model needs numpy alone and is read from ``model/`` beside this file. Endpoints over HTTP are
embedders, too, but live with whoever may open connections; nothing here does, save to fetch a model that the
user named on the Hugging Face Hub.
"""

import json
from pathlib import Path

from indexer.embedding.errors import EmbeddingError, MissingExtraError, ModelFormatError, ModelNotFoundError
from indexer.embedding.protocol import Embedder
from indexer.embedding.static import CONFIG_NAME, StaticEmbedder
from indexer.embedding.wordpiece import RULES

__all__ = [
    "Embedder",
    "EmbeddingError",
    "MissingExtraError",
    "ModelFormatError",
    "ModelNotFoundError",
    "StaticEmbedder",
    "load_embedder",
]

_SENTENCE_TRANSFORMERS = "sentence-transformers:"


def load_embedder(spec: str = "static") -> Embedder:
    """Open the embedder that a setting names.

    :param spec: ``static``, the shipped model; ``sentence-transformers:NAME_OR_PATH``; or a model's folder,
        read without torch when it has the shipped model's form and with sentence-transformers otherwise.
    :raises EmbeddingError: when there is no such model or it cannot run here.
    """
    if spec == "static":
        return StaticEmbedder.load()
    if not spec.startswith(_SENTENCE_TRANSFORMERS):
        folder = Path(spec).expanduser()
        if not folder.is_dir():
            raise ModelNotFoundError(
                f"there is no embedding model {spec!r}: use static, a folder, or {_SENTENCE_TRANSFORMERS}NAME"
            )
        if _is_static(folder):
            return StaticEmbedder.load(folder)
    from indexer.embedding.sentence_transformers import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(spec.removeprefix(_SENTENCE_TRANSFORMERS))


def _is_static(folder: Path) -> bool:
    try:
        config = json.loads((folder / CONFIG_NAME).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("tokenisation") == RULES
