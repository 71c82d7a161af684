"""Answers to who imports a module and what it imports, from the files that statements lead to."""

from pathlib import Path

import pytest

from assistant.answers.extractive import Answer, answer
from assistant.answers.questions import Shape, understand
from assistant.engine import Engine
from tests.assistant.search_support import engine_in

FILES = {
    "shop/__init__.py": "",
    "shop/orders.py": "import json\n\n\nclass Order:\n    pass\n",
    "shop/cart.py": "from shop.orders import Order\nfrom shop.tax import rates\n\n\ndef fill():\n    return Order()\n",
    "shop/mail.py": '"""Mails."""\n\nfrom . import cart, orders\n',
    "shop/tax/__init__.py": "",
    "shop/tax/rates.py": "from .places import PLACES\n",
    "shop/tax/places.py": "PLACES = ()\n",
    "tests/test_orders.py": "from shop.orders import Order\n\n\ndef test_order():\n    assert Order()\n",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path]:
    """An engine with the index of a small repository."""
    folder = tmp_path_factory.mktemp("imports")
    root = folder / "shop-repository"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    engine = engine_in(folder)
    engine.update(root)
    return engine, root


def ask(asked: tuple[Engine, Path], question: str) -> Answer:
    """Answer a question of the repository."""
    engine, root = asked
    return answer(engine.searcher([root]), question)


@pytest.mark.parametrize(
    ("question", "shape", "subject"),
    [
        ("who imports shop/orders.py?", Shape.IMPORTERS, "shop/orders.py"),
        ("what depends on the tax module", Shape.IMPORTERS, "the tax"),
        ("which files include ring.h", Shape.IMPORTERS, "ring.h"),
        ("where is shop.orders imported?", Shape.IMPORTERS, "shop.orders"),
        ("what does shop/cart.py import?", Shape.IMPORTS, "shop/cart.py"),
        ("what modules does cart depend on", Shape.IMPORTS, "cart"),
        ("who uses Order", Shape.CALLERS, "Order"),
    ],
)
def test_questions_of_imports_are_told_from_others(question: str, shape: Shape, subject: str) -> None:
    understood = understand(question)
    assert (understood.shape, understood.subject) == (shape, subject)


@pytest.mark.parametrize(
    "name", ["shop/orders.py", "`orders.py`", "shop.orders", "the orders module", "orders"]
)
def test_importers_of_a_file_come_with_their_statements(asked: tuple[Engine, Path], name: str) -> None:
    found = ask(asked, f"what imports {name}?")
    assert found.statement == (
        "`shop/orders.py` is imported by 3 files: shop/cart.py, shop/mail.py and tests/test_orders.py."
    )
    lines = [(passage.result.path, passage.result.lines) for passage in found.passages]
    assert lines == [("shop/cart.py", (1,)), ("shop/mail.py", (3,)), ("tests/test_orders.py", (1,))]


def test_a_folder_is_imported_from_outside_of_it(asked: tuple[Engine, Path]) -> None:
    assert (
        ask(asked, "what depends on shop/tax").statement == "`shop/tax` is imported by 1 file: shop/cart.py."
    )


def test_what_a_file_imports(asked: tuple[Engine, Path]) -> None:
    found = ask(asked, "what does shop/cart.py import?")
    assert (
        found.statement == "`shop/cart.py` imports of this repository shop/orders.py and shop/tax/rates.py."
    )
    assert [passage.result.lines for passage in found.passages] == [(1,), (2,)]


def test_that_nobody_imports_a_file_is_said_with_its_limits(asked: tuple[Engine, Path]) -> None:
    said = ask(asked, "who imports shop/mail.py").statement
    assert said.startswith("No file is known to import `shop/mail.py`; imports that are computed")


def test_who_imports_a_definition_is_answered_by_its_users(asked: tuple[Engine, Path]) -> None:
    found = ask(asked, "who imports Order?")
    assert "`fill` (shop/cart.py:6)" in found.statement


def test_what_comes_from_elsewhere_is_found_by_its_statements(asked: tuple[Engine, Path]) -> None:
    found = ask(asked, "which files import json?")
    assert found.statement == "`json` is imported by 1 file: shop/orders.py."
    assert [passage.result.lines for passage in found.passages] == [(1,)]
