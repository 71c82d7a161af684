"""The seam between text and vectors: what every embedding model offers, whoever computes it."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""(n, dimensions) float32."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their similarity in meaning."""

    @property
    def model_id(self) -> str:
        """Name of the vector space; it changes whenever vectors become incomparable with stored ones."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts.

        :param texts: any strings; none is allowed.
        :return: (len(texts), dimensions) float32, rows L2-normalised, a zero row for a text without tokens.
        """
