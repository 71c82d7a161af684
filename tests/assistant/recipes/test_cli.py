"""``assist run`` as it is typed, with and without a model."""

import importlib
import json
from pathlib import Path

import pytest

from assistant.backends import BackendConfig
from assistant.models import Models
from tests.assistant.cli_support import Cli, Home
from tests.assistant.recipes.support import FILES, ScriptedBackend, git, make_repository, write
from tests.servers.launch import running

CART = FILES["shop/cart.py"]
FIX = (
    "```diff\n@@\n-    return cart.total() / len(cart.items)\n"
    "+    return cart.total() / max(1, len(cart.items))\n```\n"
)
FIXED = CART.replace("/ len(cart.items)", "/ max(1, len(cart.items))")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repository(tmp_path / "shop")
    monkeypatch.chdir(root)
    monkeypatch.setenv("ASSIST_STATE_DIR", str(tmp_path / "state"))
    commands = importlib.import_module("assistant.cli.main")
    monkeypatch.setattr(commands, "COMMANDS", tuple(dict.fromkeys((*commands.COMMANDS, "run"))))
    return root


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    return Cli(Home(tmp_path / "home"), capsys, monkeypatch)


def answering(cli: Cli, patch: pytest.MonkeyPatch, *answers: str) -> ScriptedBackend:
    """Configure a model on this machine that gives these answers."""
    config = cli.home.folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(
        '[backends.work]\nkind = "openai"\nurl = "http://127.0.0.1:1/v1"\nmodel = "m"\ncontext_window = 16000\n'
    )
    backend = ScriptedBackend(*answers)

    def opened(_self: Models, _config: BackendConfig) -> ScriptedBackend:
        return backend

    patch.setattr(Models, "open", opened)
    return backend


def test_the_list_shows_where_recipes_come_from(cli: Cli, root: Path) -> None:
    write(root, {".assist/recipes/fix.md": "---\ndescription: Our fix\nmode: edit\n---\nFix {{target}}.\n"})
    write(root, {".assist/recipes/bad.md": "---\ndescription: d\ncommand: ls\n---\nx\n"})
    ran = cli("run", "--list")
    assert ran.code == 0
    assert "Our fix  (repository: .assist/recipes/fix.md, instead of builtin/fix.md)" in ran.out
    assert "explain" in ran.out
    assert '.assist/recipes/bad.md:3: "command" is not allowed' in ran.err
    rows = json.loads(cli("run", "--list", "--json").out)["recipes"]
    assert {row["name"]: row["origin"] for row in rows}["fix"] == "repository"


def test_without_a_model_explain_tells_what_the_index_knows(cli: Cli, root: Path) -> None:
    ran = cli("run", "explain", "average_price")
    assert ran.code == 0
    assert "shop/cart.py:21-22  function average_price" in ran.out
    assert "def average_price(cart: Cart) -> float:" in ran.out
    assert "used by shop/checkout.py:7  function receipt" in ran.out
    assert 'the recipe "explain" needs a language model and none is configured' in ran.err
    ran = cli("run", "explain", "shop/cart.py:15")
    assert "Add an item." in ran.out


def test_without_a_model_test_tells_how_it_is_tested(cli: Cli, root: Path) -> None:
    ran = cli("run", "test", "Cart.total")
    assert "test framework: pytest" in ran.out
    assert "test file: tests/test_cart.py" in ran.out
    assert "run: python -m pytest tests/test_cart.py" in ran.out


def test_without_a_model_commit_message_tells_what_is_staged(cli: Cli, root: Path) -> None:
    write(root, {"shop/cart.py": CART + "\nX = 1\n"})
    git(root, "add", "-A")
    ran = cli("run", "commit-message")
    assert "modified: shop/cart.py (+2 -0)" in ran.out
    assert "Conventional Commits" in ran.out


@pytest.mark.parametrize(
    "words", [["review"], ["smell", "shop/cart.py"], ["fix", "shop/cart.py"], ["docstring", "Cart"]]
)
def test_without_a_model_nothing_is_made_up(words: list[str], cli: Cli, root: Path) -> None:
    write(root, {"shop/cart.py": CART + "\nX = 1\n"})
    ran = cli("run", *words)
    assert (ran.code, ran.out) == (1, "")
    assert "needs a language model and none is configured: there is nothing to tell without one" in ran.err
    assert "`assist models` shows what could answer" in ran.err


def test_a_change_is_shown_and_nothing_is_written(
    cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = answering(cli, monkeypatch, FIX)
    ran = cli("run", "fix", "shop/cart.py:22", "empty", "carts", "fail")
    assert ran.code == 0
    assert "empty carts fail" in backend.sent
    assert ran.out.startswith("diff --git a/shop/cart.py b/shop/cart.py\n")
    assert "Nothing was written; --apply writes it." in ran.err
    assert (root / "shop/cart.py").read_text() == CART
    assert backend.closed


def test_apply_writes_the_change_and_says_how_to_undo_it(
    cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(cli, monkeypatch, FIX)
    ran = cli("run", "--apply", "fix", "shop/cart.py:22")
    assert ran.code == 0
    assert (root / "shop/cart.py").read_text() == FIXED
    assert f"Written to shop/cart.py. To undo: git -C {root} restore shop/cart.py" in ran.err
    git(root, "restore", "shop/cart.py")
    assert (root / "shop/cart.py").read_text() == CART


def test_apply_refuses_an_ignored_file(cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {".gitignore": "local.py\n", "local.py": CART})
    answering(cli, monkeypatch, FIX)
    ran = cli("run", "--apply", "fix", "local.py:22")
    assert ran.code == 3
    assert "local.py is not changed: ignored by .gitignore: local.py" in ran.err
    assert (root / "local.py").read_text() == CART


def test_a_refused_answer_is_shown_with_the_reason(
    cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(cli, monkeypatch, "I would rather \x1b[31mnot.")
    ran = cli("run", "--apply", "fix", "shop/cart.py:22")
    assert (ran.code, ran.out) == (1, "")
    assert "not used: the answer holds no change of the file" in ran.err
    assert "\x1b" not in ran.err


def test_review_of_what_is_staged(cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {"shop/cart.py": FIXED})
    git(root, "add", "-A")
    write(root, {"shop/checkout.py": "x = 1\n"})
    backend = answering(cli, monkeypatch, "shop/cart.py:22: hides an error\nshop/checkout.py:1: unseen\n")
    ran = cli("run", "--staged", "review")
    assert (ran.code, ran.out) == (1, "shop/cart.py:22: hides an error\n")
    assert "1 finding left out" in ran.err
    assert "checkout" not in backend.sent


def test_review_of_a_revision(cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {"shop/cart.py": FIXED})
    git(root, "commit", "-qam", "fix: one")
    answering(cli, monkeypatch, "Nothing found.")
    ran = cli("run", "--diff", "HEAD~1", "review")
    assert (ran.code, ran.out) == (0, "Nothing found.\n")


def test_explain_streams_with_checked_citations(
    cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(cli, monkeypatch, "It divides [shop/cart.py:21-22] and [shop/gone.py:3].")
    ran = cli("run", "explain", "average_price")
    assert ran.code == 0
    assert "[shop/cart.py:21-22]" in ran.out
    assert "shop/gone.py:3 ✗" in ran.out
    assert "2 citations checked, 1 true" in ran.out


def test_dry_run_prints_what_would_be_sent(cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = answering(cli, monkeypatch)
    ran = cli("run", "--dry-run", "explain", "average_price")
    assert ran.code == 0
    assert "To http://127.0.0.1:1/v1, model m" in ran.out
    assert "21|def average_price" in ran.out
    assert backend.requests == []


def test_json_holds_the_diff(cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(cli, monkeypatch, FIX)
    record = json.loads(cli("run", "--json", "fix", "shop/cart.py:22").out)
    assert record["path"] == "shop/cart.py"
    assert record["applied"] is False
    assert record["diff"].startswith("diff --git")
    assert record["recipe"] == "fix"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["run"], 2, "there is no recipe"),
        (["run", "fxi", "a.py"], 3, 'no recipe "fxi"; did you mean "fix"?'),
        (["run", "explain"], 3, 'the recipe "explain" works on code'),
        (["run", "--staged", "--diff", "HEAD", "review"], 2, "--staged and --diff exclude each other"),
        (["run", "--staged", "explain", "Cart"], 3, 'the recipe "explain" works on no diff'),
        (["run", "explain", "Cart", "please"], 2, "takes no instruction"),
        (["run", "--param", "x", "review"], 2, '"x" is no parameter'),
        (["run", "edit", "Cart"], 3, 'needs "instruction"'),
    ],
)
def test_what_is_used_wrongly_is_said(
    words: list[str], code: int, message: str, cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(cli, monkeypatch)
    ran = cli(*words)
    assert ran.code == code
    assert message in " ".join(ran.err.replace("\n       ", "; ").split())


def test_a_real_server_gets_what_was_planned_and_no_secret(
    cli: Cli, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    write(root, {"shop/keys.py": f'TOKEN = "{key}"\n\n\ndef token() -> str:\n    return "{key}"\n'})
    with running("dialects") as server:
        config = cli.home.folder / "config"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(
            f'[backends.work]\nkind = "openai"\nurl = "{server.url}/openai/v1"\nmodel = "plain"\n'
        )
        planned = json.loads(cli("run", "--dry-run", "--json", "explain", "token").out)
        assert server.requests("plain") == []
        ran = cli("run", "explain", "token")
        assert ran.code == 0
        assert ran.out.strip()
        (request,) = server.requests("plain")
    assert request["body"]["messages"] == planned["messages"]
    assert "def token() -> str:" in str(request)
    assert key not in str(request)
