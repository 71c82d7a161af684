r"""The tokenisation rules of :mod:`indexer.embedding.wordpiece` as a Hugging Face ``tokenizer.json``.

Other runtimes (``sentence-transformers``, ``model2vec``) cut text with the ``tokenizers`` library, which
lower-cases before it cuts and whose replacements cannot keep what they matched. So camelCase is cut by
inserting a space at every *empty* match of a boundary, and only then is the text lower-cased, folded and cut
at white space. Regular expressions are Oniguruma's; ``[\p{L}\p{N}_]`` there is exactly ``\w`` of Python.
"""

import json
from collections.abc import Mapping
from typing import Any

from indexer.embedding.wordpiece import CJK, FINAL_SIGMA, SIGMA
from indexer.lexical.tokens import MAX_WORD_CHARS

_WORD = r"[\p{L}\p{N}_]"
_LETTER = r"[\p{L}\p{Nl}\p{No}]"
_IN_ASCII_WORD = r"(?<![^\x00-\x7f]\S*)(?!\S*[^\x00-\x7f])"
"""Holds inside words without letters beyond ASCII: only those are cut at capitals."""

CUTS = (
    (r"[^\p{L}\p{N}_]+", " "),  # what is no word gives no tokens
    (rf"{_WORD}{{{MAX_WORD_CHARS + 1},}}", " "),  # encoded data
    (r"(?<=[a-z])(?=[A-Z])" + _IN_ASCII_WORD, " "),  # get|User
    (r"(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z]s(?![a-z]))" + _IN_ASCII_WORD, " "),  # HTTP|Server, but URLs
    (rf"(?<={_LETTER})(?=\p{{Nd}})|(?<=\p{{Nd}})(?={_LETTER})", " "),  # v|2
    ("_", " "),
)
"""(pattern, replacement) in order, applied while the text still has its capitals."""


def tokenizer_json(vocabulary: Mapping[str, int], unknown: str) -> str:
    """Write a tokeniser.

    :param vocabulary: WordPiece token -> id, ids from 0 without gaps.
    :param unknown: the token, one of the vocabulary, that stands for a part that has no pieces.
    :return: the text of a ``tokenizer.json``.
    """
    folds: list[dict[str, Any]] = [
        {"type": "Lowercase"},
        {"type": "Replace", "pattern": {"String": FINAL_SIGMA}, "content": SIGMA},
        {"type": "NFD"},
        {"type": "StripAccents"},
        _replace(f"(?<=[{CJK}])|(?=[{CJK}])", " "),
    ]
    description: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],  # none: "[UNK]" in a source file is a word like any other
        "normalizer": {"type": "Sequence", "normalizers": [_replace(*cut) for cut in CUTS] + folds},
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": False},
        "model": {
            "type": "WordPiece",
            "unk_token": unknown,
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 4 * MAX_WORD_CHARS,  # never reached: NFD makes at most three of one
            "vocab": dict(vocabulary),
        },
    }
    return json.dumps(description, ensure_ascii=False, separators=(",", ":")) + "\n"


def _replace(pattern: str, content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}
