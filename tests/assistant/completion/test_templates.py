"""The forms in which families of models are asked, and how a model's family is told by its name."""

from __future__ import annotations

import pytest

from assistant.completion.prompting.templates import ALL_MARKERS, COMMON, TEMPLATES, candidates, template_for

FORMS = {
    "qwen2.5-coder:7b-base": "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct": "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    "starcoder2:3b": "<fim_prefix>P<fim_suffix>S<fim_middle>",
    "stable-code:3b-code": "<fim_prefix>P<fim_suffix>S<fim_middle>",
    "granite-code:8b": "<fim_prefix>P<fim_suffix>S<fim_middle>",
    "granite4:micro-h": "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    "deepseek-coder:1.3b-base": "<\uff5cfim▁begin\uff5c>P<\uff5cfim▁hole\uff5c>S<\uff5cfim▁end\uff5c>",
    "deepseek-coder-v2:16b": "<\uff5cfim▁begin\uff5c>P<\uff5cfim▁hole\uff5c>S<\uff5cfim▁end\uff5c>",
    "codellama:7b-code": "<PRE> P <SUF>S <MID>",
    "CodeLlama-13b-hf": "<PRE> P <SUF>S <MID>",
    "codestral-latest": "[SUFFIX]S[PREFIX]P",
    "codegemma:2b": "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    "ByteDance-Seed/Seed-Coder-8B-Base": "<[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>",
    "JetBrains/Mellum-4b-base": "<fim_suffix>S<fim_prefix>P<fim_middle>",
}


@pytest.mark.parametrize("model", FORMS)
def test_a_models_name_tells_its_form(model: str) -> None:
    template = template_for(model)
    assert template is not None
    slots = {"files": "", "prefix": "P", "suffix": "S"}
    assert "".join(slots.get(piece.slot, piece.text) for piece in template.pieces()) == FORMS[model]


@pytest.mark.parametrize("model", ["llama3.2", "gpt-4o", "mistral-small", "qwen3:8b", "m.gguf"])
def test_other_names_tell_nothing_and_common_forms_are_tried(model: str) -> None:
    assert template_for(model) is None
    assert [template.family for template in candidates(model)] == list(COMMON)


def test_a_named_family_is_the_only_one_tried() -> None:
    assert [template.family for template in candidates("codellama:7b")] == ["Code Llama"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.family)
def test_templates_are_whole(template) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    assert sorted(piece.slot for piece in template.pieces() if piece.slot) == ["files", "prefix", "suffix"]
    assert template.stop
    # Fixed pieces and stop words are short enough for the gate to let them pass, whatever is prepared.
    assert all(len(text) <= 32 for text in template.stop)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.family)
def test_a_familys_own_markers_are_found_in_answers(template) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    assert any(ALL_MARKERS.search(stop) for stop in template.stop)
    for piece in template.pieces():
        for word in piece.text.split():
            assert ALL_MARKERS.search(word) or word in ("<|user|>", "<|assistant|>"), word


@pytest.mark.parametrize(
    "text", ["a < b", "x[PREFIX_LENGTH]", "List<String>", "<div>", "if a <b or c> d", "</script>"]
)
def test_code_is_no_marker(text: str) -> None:
    assert not ALL_MARKERS.search(text)
