from __future__ import annotations

from random import Random

import pytest

from benchmarks.copies import transforms
from benchmarks.copies.dataset import transformed
from benchmarks.copies.model import Kind
from benchmarks.copies.tokens import parse
from benchmarks.copies.transforms import Fragment, Unchangeable

TEXTS = {
    ".py": """class Basket:
    def total(self, items, rate=1.5):
        # the sum
        result = 0
        for item in items:
            if item.price > 0:
                result += item.price * rate  # in cents
        label = f"{result:.2f}"
        return self.show(result, label)
""",
    ".js": """function total(items, rate) {
  // the sum
  let result = 0;
  for (const item of items) {
    if (item.price > 0) {
      result += item.price * rate; /* in cents */
    }
  }
  return show(`${result}`, rate);
}
""",
    ".java": """class Basket {
    int total(List<Item> items, int rate) {
        // the sum
        int result = 0;
        for (Item item : items) {
            result += item.price() * rate;
        }
        return show(result, "a b");
    }
}
""",
    ".go": """package basket

func total(items []Item, rate int) (int, error) {
\t// the sum
\tresult := 0
\tfor _, item := range items {
\t\tresult += item.Price * rate
\t}
\treturn show(result, `a
b`)
}
""",
}
SUFFIXES = sorted(TEXTS)


def whole(suffix: str) -> Fragment:
    return Fragment(parse(TEXTS[suffix], suffix), 0, TEXTS[suffix].count("\n") - 1)


def code(text: str, suffix: str) -> str:
    return "".join("".join(token.text.split()) for token in parse(text, suffix).tokens if not token.comment)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", [Kind.VERBATIM, Kind.REFORMATTED, Kind.COMMENTS])
def test_exact_copies_keep_their_tokens(suffix: str, kind: Kind) -> None:
    for seed in range(20):
        text = transformed(whole(suffix), kind, Random(seed))
        assert code(text, suffix) == code(TEXTS[suffix], suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_reformatting_changes_the_layout_and_keeps_the_comments(suffix: str) -> None:
    text = transforms.reformatted(whole(suffix), Random(1))
    assert text != TEXTS[suffix]
    assert "the sum" in text


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_recommenting_removes_the_comments_and_writes_others(suffix: str) -> None:
    text = transforms.recommented(whole(suffix), Random(1))
    assert "the sum" not in text
    assert "in cents" not in text
    assert any(token.comment for token in parse(text, suffix).tokens)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_renaming_replaces_every_local_by_one_other_name(suffix: str) -> None:
    before = [token.text for token in parse(TEXTS[suffix], suffix).tokens]
    after = [token.text for token in parse(transforms.renamed(whole(suffix), Random(1)), suffix).tokens]
    assert len(before) == len(after)
    pairs = {(old, new) for old, new in zip(before, after, strict=True) if old != new and old.isidentifier()}
    assert {"result", "items", "item"} <= {old for old, _ in pairs}
    assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})
    assert "show" in after


def test_renaming_reaches_into_interpolated_strings() -> None:
    assert "result" not in transforms.renamed(whole(".py"), Random(1))
    assert "${result}" not in transforms.renamed(whole(".js"), Random(1))


def test_renaming_needs_locals() -> None:
    with pytest.raises(Unchangeable):
        transforms.renamed(Fragment(parse("print(1)\nprint(2)\n", ".py"), 0, 1), Random(1))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_editing_changes_one_line_in_six_and_leaves_the_others(suffix: str) -> None:
    original = transforms.verbatim(whole(suffix)).strip().split("\n")
    for seed in range(20):
        edited = transforms.edited(whole(suffix), Random(seed)).strip().split("\n")
        kept = [line for line in edited if line.strip() in {line.strip() for line in original}]
        assert edited != original
        assert len(original) - 1 <= len(edited) <= len(original) + 1
        assert len(kept) >= len(original) - 1


def test_a_fragment_is_dedented() -> None:
    fragment = Fragment(parse(TEXTS[".py"], ".py"), 3, 5)
    assert transforms.verbatim(fragment) == "result = 0\nfor item in items:\n    if item.price > 0:\n"
