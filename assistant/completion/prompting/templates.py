"""Fill-in-the-middle prompts by model family, as the families' own documentation gives them.

A server that takes a suffix puts the template around it itself; these are for one that only continues text. Which
family a model belongs to is guessed from its name and then tried (:mod:`assistant.completion.asking.ways`): a wrong
template is worse than none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

ALL_MARKERS = re.compile(
    r"<\|?(?:fim_|endoftext|end_of_text|file_sep|file_separator|repo_name|repo_|im_start|im_end|eot_id|cursor"
    r"|code_prefix|code_suffix|code_middle|filename)[a-z_]*\|?>"
    r"|<\uff5c(?:fim▁|end▁of▁sentence|begin▁of▁sentence)[^\uff5c>]*\uff5c>|<\[(?:fim-|end▁of▁|begin▁of▁)[^\]>]*\]>"
    r"|<(?:PRE|SUF|MID|EOT|EOM)>|\[(?:SUFFIX|PREFIX|MIDDLE)\]|</s>"
)
"""What no text that is to be inserted holds: a model that writes one has gone on after its end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a prompt: fixed text of a template, or a place to be filled."""

    text: str
    slot: str = ""
    """``files``, ``prefix`` or ``suffix``; empty for fixed text."""


@dataclass(frozen=True, slots=True)
class Template:
    """How one family of models is asked for what belongs between two texts.

    :param form: with ``{files}``, ``{prefix}`` and ``{suffix}``, each once, in the order of the prompt.
    :param names: matches the names of the family's models, in lower case.
    :param stop: what ends an answer beside the end that the server knows itself.
    :param file: how another file is given, with ``{path}``; empty where files go into the prefix as comments.
    """

    family: str
    names: str
    form: str
    stop: tuple[str, ...]
    file: str = ""

    def pieces(self) -> list[Piece]:
        """Return the prompt's parts in order."""
        parts = re.split(r"\{(files|prefix|suffix)\}", self.form)
        return [
            Piece("", part) if number % 2 else Piece(part)
            for number, part in enumerate(parts)
            if number % 2 or part
        ]


_QWEN_END = ("<|endoftext|>", "<|file_sep|>", "<|fim_prefix|>", "<|im_end|>")

TEMPLATES: Sequence[Template] = (
    Template(
        "Codestral",
        r"codestral",
        "{files}[SUFFIX]{suffix}[PREFIX]{prefix}",
        ("[PREFIX]", "[SUFFIX]", "</s>"),
        "+++++ {path}\n",
    ),
    Template(
        "Qwen-Coder",
        r"qwen[\d._-]*coder",
        "{files}<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        _QWEN_END,
        "<|file_sep|>{path}\n",
    ),
    Template(
        "CodeGemma",
        r"codegemma",
        "{files}<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        ("<|file_separator|>", "<|fim_prefix|>", "<end_of_turn>"),
    ),
    Template(
        "Granite 4",
        r"granite-?4",
        "{files}<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
        ("<|end_of_text|>", "<|fim_pad|>", "<|fim_prefix|>"),
    ),
    Template(
        "StarCoder",
        r"star-?coder|santacoder|stable-?code|codeqwen|granite.*code|refact|octocoder",
        "{files}<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
        ("<|endoftext|>", "<file_sep>", "<fim_prefix>"),
    ),
    Template(
        "DeepSeek-Coder",
        r"deepseek.*coder|deepseek-v2|deepseek-v3",
        "{files}<\uff5cfim▁begin\uff5c>{prefix}<\uff5cfim▁hole\uff5c>{suffix}<\uff5cfim▁end\uff5c>",
        ("<\uff5cend▁of▁sentence\uff5c>", "<\uff5cfim▁begin\uff5c>"),
    ),
    Template(
        "Code Llama",
        r"code-?llama",
        "{files}<PRE> {prefix} <SUF>{suffix} <MID>",
        ("<EOT>", "<PRE>", "</s>"),
    ),
    Template(
        "Seed-Coder",
        r"seed-?coder",
        "{files}<[fim-suffix]>{suffix}<[fim-prefix]>{prefix}<[fim-middle]>",
        ("<[end▁of▁sentence]>", "<[fim-suffix]>"),
    ),
    Template(
        "Mellum",
        r"mellum",
        "{files}<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>",
        ("<|endoftext|>", "<filename>", "<fim_suffix>"),
        "<filename>{path}\n",
    ),
    Template(
        "CodeGeeX4",
        r"codegeex-?4",
        "{files}<|user|>\n<|code_suffix|>{suffix}<|code_prefix|>{prefix}<|code_middle|><|assistant|>\n",
        ("<|endoftext|>", "<|user|>"),
    ),
)

COMMON = ("Qwen-Coder", "StarCoder", "DeepSeek-Coder", "Code Llama")
"""Tried in this order for a model whose name tells nothing."""


def template_for(model: str) -> Template | None:
    """Return the template of a model's family by the model's name; None if the name tells none."""
    name = model.lower().rpartition("/")[2]
    return next((template for template in TEMPLATES if re.search(template.names, name)), None)


def candidates(model: str) -> list[Template]:
    """Return the templates to try for a model, the likeliest first."""
    named = template_for(model)
    common = [template for name in COMMON for template in TEMPLATES if template.family == name]
    return [named] if named else common
