"""What can go wrong with an embedding model.

EmbeddingError
├── ModelNotFoundError     the folder or name holds no model
├── ModelFormatError       the folder holds a model that this runtime cannot use
└── MissingExtraError      the model needs ``repo-assist[sentence-transformers]``
"""


class EmbeddingError(Exception):
    """An embedding model cannot be loaded or used; the message names it and what to do."""


class ModelNotFoundError(EmbeddingError):
    """There is no embedding model at the place that was named."""


class ModelFormatError(EmbeddingError):
    """The files of an embedding model are damaged, or of a kind that this runtime does not read."""


class MissingExtraError(EmbeddingError):
    """The model runs on an optional package that is not installed."""
