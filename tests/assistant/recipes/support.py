"""A repository with history, its index, the gate, and a backend that gives the answers it was given."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.backends import ChatRequest, CompletionRequest, Delta, ModelInfo, Usage
from assistant.engine import Engine
from assistant.models import Models
from assistant.recipes.events import ContextGiven, Finished, RecipeEvent
from assistant.recipes.gathering import Workspace
from assistant.recipes.library import load_library
from assistant.recipes.model import Recipe
from assistant.recipes.run import RecipePlan, plan_recipe, stream_recipe
from assistant.recipes.targets import Spot, Target, resolve_target
from assistant.settings import Settings, rules_for

FILES: dict[str, str] = {
    "README.md": "# Shop\n\nSells tea.\n",
    "docs/money.md": "# Money\n\n## Rounding\n\nPrices are rounded to whole cents, half to even.\n",
    "pyproject.toml": '[project]\nname = "shop"\n\n[dependency-groups]\ndev = ["pytest"]\n',
    "shop/__init__.py": "",
    "shop/cart.py": '''\
"""The cart."""


class Cart:
    """Holds items until they are paid."""

    def __init__(self) -> None:
        self.items: list[int] = []

    def add(self, price: int) -> None:
        """Add an item.

        :param price: in cents.
        """
        self.items.append(price)

    def total(self) -> int:
        return sum(self.items)


def average_price(cart: Cart) -> float:
    return cart.total() / len(cart.items)
''',
    "shop/checkout.py": '''\
"""Paying."""

from shop.cart import Cart, average_price


def receipt(cart: Cart) -> str:
    return f"{cart.total()} cents, on average {average_price(cart)}"
''',
    "tests/test_cart.py": """\
from shop.cart import Cart


def test_a_new_cart_is_empty() -> None:
    assert Cart().total() == 0
""",
}
ENVIRONMENT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@t.example", *arguments],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def make_repository(root: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "feat: begin")
    return root


class ScriptedBackend:
    """Gives its answers in turn, in small pieces, and keeps what it was asked."""

    name = "scripted"
    model = "none"
    endpoint = "http://127.0.0.1:1"
    context_window: int | None = None

    def __init__(self, *answers: str, finish_reason: str = "stop") -> None:
        self.answers = list(answers)
        self.requests: list[ChatRequest] = []
        self.finish_reason = finish_reason
        self.closed = False

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        self.requests.append(request)
        answer = self.answers.pop(0)
        for start in range(0, len(answer), 7):
            yield Delta(text=answer[start : start + 7])
        yield Delta(usage=Usage(10, 5), finish_reason=self.finish_reason)

    async def complete(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        raise NotImplementedError
        yield Delta()

    async def models(self) -> list[ModelInfo]:
        return [ModelInfo("none")]

    async def aclose(self) -> None:
        self.closed = True

    @property
    def sent(self) -> str:
        return "\n".join(message.content for request in self.requests for message in request.messages)


@dataclass
class Bench:
    """A repository that recipes are run in."""

    root: Path
    home: Path
    engine: Engine = field(init=False)
    models: Models = field(init=False)

    def __post_init__(self) -> None:
        settings = Settings(self.home / "cache", self.home / "config" / "config.toml")
        self.engine = Engine(settings)
        self.models = Models(settings, self.home / "state", {})
        self.engine.update(self.root)

    @property
    def workspace(self) -> Workspace:
        searcher = self.engine.searcher([self.root])
        return Workspace(self.root, searcher, rules_for(self.root, self.engine.settings), self.root)

    def recipe(self, name: str) -> Recipe:
        return load_library(self.root, self.home / "config").get(name)

    def target(self, written: str) -> Target:
        workspace = self.workspace

        def symbols(name: str) -> Sequence[Spot]:
            found = workspace.source.snapshot.definitions_named(name)
            return [
                Spot(item.path, item.name_line, item.end_line, f"{item.scope}.{item.name}".lstrip("."))
                for item in found
            ]

        return resolve_target(written, self.root, folder=self.root, symbols=symbols, rules=workspace.rules)

    def plan(
        self, name: str, target: str = "", given: Mapping[str, str] | None = None, window: int | None = None
    ) -> RecipePlan:
        return plan_recipe(
            self.recipe(name),
            self.target(target) if target else None,
            given or {},
            self.workspace,
            self.models.gate,
            window=window,
        )

    def run(
        self,
        name: str,
        answer: str,
        target: str = "",
        given: Mapping[str, str] | None = None,
        finish_reason: str = "stop",
    ) -> "Outcome":
        backend = ScriptedBackend(answer, finish_reason=finish_reason)
        plan = self.plan(name, target, given)

        async def collect() -> list[RecipeEvent]:
            return [event async for event in stream_recipe(plan, backend)]

        events = asyncio.run(collect())
        assert isinstance(events[0], ContextGiven)
        assert isinstance(events[-1], Finished)
        return Outcome(plan, backend.sent, events, events[-1])


@dataclass(frozen=True)
class Outcome:
    plan: RecipePlan
    sent: str
    events: list[RecipeEvent]
    finished: Finished
