from __future__ import annotations

import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import citations
from benchmarks.made_answers import Maker, Repository, Truth, mix

WORDS = "load save parse open close read write merge split check build count".split()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository of ten modules in two languages, whose names differ."""
    choose = random.Random(3)
    folder = tmp_path / "made"
    for number in range(10):
        names = [
            f"{verb}_{other}_{number}" for verb, other in zip(WORDS, choose.sample(WORDS, 12), strict=True)
        ]
        if number % 2:
            body = "".join(
                f"def {name}(value_{number}):\n    first = value_{number}\n    return {other}(first)\n\n\n"
                for name, other in pairwise(names)
            )
            path = folder / f"package_{number}" / f"module_{number}.py"
        else:
            body = "package made\n\n" + "".join(
                f"// {name} does it.\nfunc {name}(value int) int {{\n\tfirst := value\n\treturn {other}(first)\n}}\n\n"
                for name, other in pairwise(names)
            )
            path = folder / f"package_{number}" / f"module_{number}.go"
        path.parent.mkdir(parents=True)
        path.write_text(body, "utf-8")
    return folder


def test_untrue_citations_are_found_out_and_true_ones_are_not_doubted(root: Path, tmp_path: Path) -> None:
    into = citations.Score()
    citations.measure(root, tmp_path / "cache", 60, seed=5, into=into)
    assert set(into.made) == set(Truth)
    assert into.names > 200
    assert into.recall() >= 0.99, "\n".join(into.mistakes)
    assert into.false_alarms() <= 0.01, "\n".join(into.mistakes)
    assert into.unread == 0


def test_untrue_statements_are_untrue_by_construction(root: Path) -> None:
    repository = Repository(root)
    maker = Maker(repository, 7)
    wanted = [Truth.INVENTED_SYMBOL, Truth.INVENTED_PATH]
    answers = [maker.answer(wanted) for _ in range(30)]
    for answer in answers:
        symbol, path = answer.expected
        assert symbol.invented
        assert symbol.invented not in repository.all_words
        said = answer.text[path.start_char : path.end_char].replace("\\", "/")
        assert not any(re.search(rf"(?<![\w/]){re.escape(other)}", said) for other in repository.paths)


def test_equal_seeds_make_equal_answers(root: Path) -> None:
    repository = Repository(root)
    plans = list(mix(1, 20, citations.SHARES))
    first, second = ([Maker(repository, 9).answer(plan) for plan in plans] for _ in range(2))
    assert [one.text for one in first] == [one.text for one in second]
    kinds = Counter(truth for plan in plans for truth in plan)
    assert kinds[Truth.TRUE] > kinds[Truth.OFF_BY_SOME] > 0
