"""Write a tiny llama model with random weights (0.5 MB), to test clients against a real llama.cpp server.

    python scripts/tiny_gguf.py OUT.gguf

It has a chat template and fill-in-the-middle tokens, and generates random text. Needs gguf and numpy.
"""

import sys
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

DIM, HEADS, LAYERS, FEED_FORWARD, CONTEXT = 64, 4, 2, 128, 131_072
SPECIALS = [b"<unk>", b"<s>", b"</s>"]
BYTES = [b"<0x%02X>" % value for value in range(256)]
WORDS = [
    word.encode() for word in ("▁", *map(chr, range(33, 127)), "▁def", "▁return", "▁self", "▁the", "▁if")
]
BETWEEN = [b"<|fim_prefix|>", b"<|fim_suffix|>", b"<|fim_middle|>"]
TOKENS = [*SPECIALS, *BYTES, *WORDS, *BETWEEN]
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def write_model(path: Path) -> None:
    """Write the same model each time."""
    writer = gguf.GGUFWriter(str(path), "llama")
    _describe(writer)
    _add_vocabulary(writer)
    _add_weights(writer, np.random.default_rng(0))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: gguf.GGUFWriter) -> None:
    writer.add_name("tiny-random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(DIM)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(DIM // HEADS)
    writer.add_vocab_size(len(TOKENS))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_chat_template(TEMPLATE)


def _add_vocabulary(writer: gguf.GGUFWriter) -> None:
    kind = gguf.TokenType
    special = [kind.UNKNOWN, kind.CONTROL, kind.CONTROL]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(TOKENS)
    writer.add_token_scores([0.0] * 259 + [-float(rank) for rank in range(len(WORDS))] + [0.0] * 3)
    writer.add_token_types([*special, *[kind.BYTE] * 256, *[kind.NORMAL] * len(WORDS), *[kind.CONTROL] * 3])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    for place, name in enumerate(("pre", "suf", "mid")):
        writer.add_uint32(f"tokenizer.ggml.fim_{name}_token_id", len(TOKENS) - 3 + place)


def _add_weights(writer: gguf.GGUFWriter, rng: np.random.Generator) -> None:
    def random(*shape: int) -> NDArray[np.float32]:
        return (rng.standard_normal(shape) * 0.1).astype(np.float32)

    def ones() -> NDArray[np.float32]:
        return np.ones(DIM, np.float32)

    output = random(len(TOKENS), DIM)
    output[:259] *= 0.01  # special and byte tokens stay unlikely
    writer.add_tensor("token_embd.weight", random(len(TOKENS), DIM))
    writer.add_tensor("output_norm.weight", ones())
    writer.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        writer.add_tensor(f"{block}attn_norm.weight", ones())
        writer.add_tensor(f"{block}ffn_norm.weight", ones())
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{block}{name}.weight", random(DIM, DIM))
        writer.add_tensor(f"{block}ffn_gate.weight", random(FEED_FORWARD, DIM))
        writer.add_tensor(f"{block}ffn_up.weight", random(FEED_FORWARD, DIM))
        writer.add_tensor(f"{block}ffn_down.weight", random(DIM, FEED_FORWARD))


if __name__ == "__main__":
    write_model(Path(sys.argv[1]))
