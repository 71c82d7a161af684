"""Each recipe from its target to its result, with a backend that gives a prepared answer."""

import pytest

from assistant.answers.citations import TrueCitation, UntrueCitation
from assistant.recipes.errors import RecipeError, TargetError
from assistant.recipes.events import Change, Explained, Found, Message, Refused, Written
from assistant.recipes.run import plan_recipe
from assistant.recipes.targets import text_target
from tests.assistant.recipes.support import FILES, Bench, Outcome, git, write

CART = FILES["shop/cart.py"]
AVERAGE = "def average_price(cart: Cart) -> float:\n    return cart.total() / len(cart.items)\n"
SAFE = AVERAGE.replace("float:\n", "float:\n    if not cart.items:\n        return 0.0\n")


def new_text(outcome: Outcome) -> str:
    result = outcome.finished.result
    assert isinstance(result, Change), result
    assert result.change.new is not None
    return result.change.new


def fenced(code: str, language: str = "python") -> str:
    return f"Here you are:\n\n```{language}\n{code}```\n"


def test_explain_sends_the_definition_and_checks_what_is_cited(bench: Bench) -> None:
    outcome = bench.run(
        "explain", "It divides [shop/cart.py:21-22]. It waits [shop/cart.py:900].", "shop/cart.py:22"
    )
    assert "21|def average_price(cart: Cart) -> float:" in outcome.sent
    assert "uses average_price" in outcome.sent
    assert "class Cart:" not in outcome.sent.replace("4|class Cart:", "")
    assert isinstance(outcome.finished.result, Explained)
    assert outcome.finished.result.summary.checked == 2
    assert [event.start_line for event in outcome.events if isinstance(event, TrueCitation)] == [21]
    assert len([event for event in outcome.events if isinstance(event, UntrueCitation)]) == 1
    assert "".join(getattr(event, "text", "") for event in outcome.events) == outcome.finished.answer


def test_explain_of_a_method_by_its_name(bench: Bench) -> None:
    outcome = bench.run("explain", "It sums.", "Cart.total")
    assert "`Cart.total` (method, lines 17-18 of shop/cart.py)" in outcome.sent


def test_fix_gives_a_diff(bench: Bench) -> None:
    outcome = bench.run(
        "fix", fenced(SAFE), "shop/cart.py:22", {"instruction": "ZeroDivisionError for an empty cart"}
    )
    assert "ZeroDivisionError for an empty cart" in outcome.sent
    assert new_text(outcome) == CART.replace(AVERAGE, SAFE)
    assert isinstance(outcome.finished.result, Change)
    assert "+    if not cart.items:\n" in outcome.finished.result.diff
    assert (bench.root / "shop/cart.py").read_text() == CART


def test_edit_takes_a_diff_and_needs_an_instruction(bench: Bench) -> None:
    diff = (
        "--- a/shop/cart.py\n+++ b/shop/cart.py\n@@\n     def total(self) -> int:\n"
        "-        return sum(self.items)\n+        return sum(self.items, 0)\n"
    )
    outcome = bench.run("edit", fenced(diff, "diff"), "shop/cart.py:17-18", {"instruction": "start at 0"})
    assert new_text(outcome) == CART.replace("sum(self.items)", "sum(self.items, 0)")
    assert any(isinstance(event, Written) for event in outcome.events)
    with pytest.raises(RecipeError, match='needs "instruction"'):
        bench.plan("edit", "shop/cart.py")


def test_an_answer_that_does_not_fit_is_refused(bench: Bench) -> None:
    outcome = bench.run("fix", fenced("@@\n-    return nothing\n+    return 1\n", "diff"), "shop/cart.py:22")
    assert isinstance(outcome.finished.result, Refused)
    assert "fits nowhere" in outcome.finished.result.reason


def test_an_answer_that_was_cut_off_is_not_applied(bench: Bench) -> None:
    outcome = bench.run("fix", fenced(SAFE), "shop/cart.py:22", finish_reason="length")
    assert isinstance(outcome.finished.result, Refused)
    assert "cut off" in outcome.finished.result.reason


def test_docstring_changes_comments_only(bench: Bench) -> None:
    documented = AVERAGE.replace("float:\n", 'float:\n    """Return the mean price in cents."""\n')
    assert "mean price" in new_text(bench.run("docstring", fenced(documented), "shop/cart.py:22"))
    refused = bench.run("docstring", fenced(SAFE), "shop/cart.py:22").finished.result
    assert isinstance(refused, Refused)
    assert "more than comments" in refused.reason


def test_test_adds_to_the_existing_test_file(bench: Bench) -> None:
    answer = fenced(
        "import pytest\nfrom shop.cart import Cart\n\n\ndef test_an_item_counts() -> None:\n"
        "    cart = Cart()\n    cart.add(5)\n    assert cart.total() == 5\n"
    )
    outcome = bench.run("test", answer, "Cart.total")
    assert "Test framework: pytest" in outcome.sent
    assert "the existing test file tests/test_cart.py" in outcome.sent
    assert "def test_a_new_cart_is_empty" in outcome.sent
    result = outcome.finished.result
    assert isinstance(result, Change)
    assert result.change.path == "tests/test_cart.py"
    assert result.command == "python -m pytest tests/test_cart.py"
    assert new_text(outcome) == (
        "from shop.cart import Cart\nimport pytest\n\n\ndef test_a_new_cart_is_empty() -> None:\n"
        "    assert Cart().total() == 0\n\n\ndef test_an_item_counts() -> None:\n"
        "    cart = Cart()\n    cart.add(5)\n    assert cart.total() == 5\n"
    )
    assert not [
        line for line in result.diff.splitlines() if line.startswith("-") and not line.startswith("---")
    ]


def test_test_names_a_new_file_by_the_convention(bench: Bench) -> None:
    code = "from shop.checkout import receipt\n\n\ndef test_receipt() -> None:\n    assert receipt\n"
    outcome = bench.run("test", fenced(code), "shop/checkout.py")
    result = outcome.finished.result
    assert isinstance(result, Change)
    assert (result.change.path, result.change.old) == ("tests/test_checkout.py", None)
    assert new_text(outcome) == code
    assert "the new file tests/test_checkout.py" in outcome.sent
    assert "def test_a_new_cart_is_empty" in outcome.sent


def test_test_never_changes_tests_that_are_there(bench: Bench) -> None:
    changed = "def test_a_new_cart_is_empty() -> None:\n    assert True\n"
    refused = bench.run("test", fenced(changed), "Cart.total").finished.result
    assert isinstance(refused, Refused)
    diff = "@@\n-    assert Cart().total() == 0\n+    assert True\n"
    refused = bench.run("test", fenced(diff, "diff"), "Cart.total").finished.result
    assert isinstance(refused, Refused)
    assert "may only be added to" in refused.reason


def test_smell_keeps_findings_of_the_target_only(bench: Bench) -> None:
    answer = (
        "shop/cart.py:22: divides by zero for an empty cart\n"
        "- `shop/cart.py:21` **name** could be mean\n"
        "shop/cart.py:5: is not shown\nshop/other.py:1: is no file\n"
    )
    result = bench.run("smell", answer, "shop/cart.py:22").finished.result
    assert isinstance(result, Found)
    assert [(item.start_line, item.text) for item in result.findings.kept] == [
        (22, "divides by zero for an empty cart"),
        (21, "**name** could be mean"),
    ]
    assert result.findings.dropped == 2


def test_review_keeps_findings_of_the_diffs_new_side(bench: Bench) -> None:
    write(
        bench.root,
        {
            "shop/cart.py": CART.replace(
                "return sum(self.items)", "items = self.items\n        return sum(items)"
            )
        },
    )
    outcome = bench.run("review", "shop/cart.py:18: pointless\nshop/cart.py:1: not in the diff\n")
    assert "18 +         items = self.items" in outcome.sent
    result = outcome.finished.result
    assert isinstance(result, Found)
    assert [item.start_line for item in result.findings.kept] == [18]
    assert result.findings.dropped == 1


def test_review_of_nothing_is_an_error(bench: Bench) -> None:
    with pytest.raises(TargetError, match="there is no change to look at"):
        bench.plan("review")


def test_review_never_shows_private_or_excluded_files(bench: Bench) -> None:
    write(
        bench.root,
        {".env": "PASSWORD=one\n", "notes/secret.txt": "one\n", "shop/cart.py": CART + "\nX = 1\n"},
    )
    git(bench.root, "add", "-A", "-f")
    git(bench.root, "commit", "-q", "-m", "feat: more")
    write(
        bench.root,
        {
            ".env": "PASSWORD=zebra\n",
            "notes/secret.txt": "zebra words\n",
            ".assistignore": "notes/\n",
            "shop/cart.py": CART,
        },
    )
    plan = bench.plan("review")
    assert "zebra" not in plan.as_text()
    assert "-" in plan.as_text()
    assert [note for note in plan.notes if note.startswith(".env is not sent")]
    assert [note for note in plan.notes if note.startswith("notes/secret.txt is not sent")]


def test_commit_message_follows_the_log(bench: Bench) -> None:
    write(bench.root, {"shop/cart.py": CART + "\nX = 1\n"})
    git(bench.root, "add", "-A")
    outcome = bench.run("commit-message", "Here is the message:\n\n```\nfeat(cart): add a constant\n```\n")
    assert "Conventional Commits" in outcome.sent
    assert "+ X = 1" in outcome.sent
    assert outcome.finished.result == Message("feat(cart): add a constant", ())
    result = bench.run("commit-message", "Added a constant").finished.result
    assert isinstance(result, Message)
    assert result.problems == ("the first line is no Conventional Commit, as the others here are",)


def test_commit_message_without_anything_staged_is_an_error(bench: Bench) -> None:
    with pytest.raises(TargetError, match="nothing is staged"):
        bench.plan("commit-message")


def test_ask_the_docs_answers_from_documents(bench: Bench) -> None:
    outcome = bench.run(
        "ask-the-docs", "Half to even [docs/money.md:5].", given={"instruction": "how are prices rounded"}
    )
    assert "half to even" in outcome.sent
    assert "class Cart" not in outcome.sent
    assert isinstance(outcome.finished.result, Explained)
    assert outcome.finished.result.summary.true == 1


def test_secrets_are_redacted_and_never_written_back(bench: Bench) -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    write(bench.root, {"shop/keys.py": f'TOKEN = "{key}"\n\n\ndef token():\n    return TOKEN\n'})
    bench.engine.update(bench.root)
    plan = bench.plan("edit", "shop/keys.py", {"instruction": "rename"})
    assert key not in plan.as_text()
    (placeholder,) = plan.placeholders
    answer = fenced(f'@@\n-TOKEN = "{placeholder}"\n+SECRET = "{placeholder}"\n', "diff")
    refused = bench.run("edit", answer, "shop/keys.py", {"instruction": "rename"}).finished.result
    assert isinstance(refused, Refused)
    answer = fenced(f"@@\n def token():\n-    return TOKEN\n+    return '{placeholder}'\n", "diff")
    refused = bench.run("edit", answer, "shop/keys.py", {"instruction": "inline"}).finished.result
    assert isinstance(refused, Refused)
    assert "redacted" in refused.reason


def test_what_the_gate_holds_back_cannot_be_the_target(bench: Bench) -> None:
    write(bench.root, {"config/.env": "PASSWORD=tea\n"})
    with pytest.raises(TargetError, match="may not be sent to a model"):
        bench.plan("explain", "config/.env")


LEAK = "---\ndescription: d\ncontext: [file: README.md]\n---\nSay {{selection}} and {{symbol}}.\n"


@pytest.mark.parametrize("written", ["config/.env", "notes/plan.py", "notes/plan.py:1", "linked.txt"])
def test_a_recipe_cannot_carry_the_text_of_a_file_past_the_gate_in_its_prompt(
    bench: Bench, written: str
) -> None:
    write(
        bench.root,
        {
            ".assist/recipes/leak.md": LEAK,
            "config/.env": "zebra\n",
            "notes/plan.py": "def zebra():\n    pass\n",
            ".assistignore": "notes/\n",
        },
    )
    (bench.root / "linked.txt").symlink_to(bench.root / "config" / ".env")
    with pytest.raises(TargetError, match="may not be sent to a model") as caught:
        bench.plan("leak", written)
    assert "zebra" not in str(caught.value)


def test_the_text_that_a_recipe_puts_into_its_prompt_is_listed_as_sent(bench: Bench) -> None:
    write(bench.root, {".assist/recipes/leak.md": LEAK})
    plan = bench.plan("leak", "shop/cart.py:21-22")
    assert "Say def average_price" in plan.as_text()
    sent = [(item.path, item.start_line, item.end_line) for item in plan.prepared.manifest.files]
    assert ("shop/cart.py", 21, 22) in sent


def test_a_renamed_file_is_judged_by_its_former_name_too(bench: Bench) -> None:
    kept = "".join(f"line {number}\n" for number in range(40))
    write(bench.root, {"notes/plan.txt": f"{kept}zebra\n", ".assistignore": "notes/\n"})
    git(bench.root, "add", "-A")
    git(bench.root, "commit", "-q", "-m", "feat: plan")
    git(bench.root, "mv", "notes/plan.txt", "plan.txt")
    write(bench.root, {"plan.txt": kept, "shop/cart.py": CART + "\nX = 1\n"})
    git(bench.root, "add", "-A")
    plan = bench.plan("review")
    assert "+ X = 1" in plan.as_text()
    assert "zebra" not in plan.as_text()
    assert [note for note in plan.notes if note.startswith("plan.txt is not sent: excluded")]


def test_text_from_standard_input_can_be_explained_but_not_edited(bench: Bench) -> None:
    workspace, gate = bench.workspace, bench.models.gate
    target = text_target("x = 1\n")
    assert "x = 1" in plan_recipe(bench.recipe("explain"), target, {}, workspace, gate).as_text()
    with pytest.raises(TargetError, match="changes a file"):
        plan_recipe(bench.recipe("fix"), target, {}, workspace, gate)


def test_a_small_window_leaves_out_what_is_not_needed(bench: Bench) -> None:
    plan = bench.plan("fix", "shop/cart.py:22", window=1_600)
    assert "def average_price" in plan.as_text()
    assert any(note.startswith("no room for") for note in plan.notes) or plan.as_text().count("<<") > 2
    write(bench.root, {"shop/huge.py": "x = 1\n" * 5_000})
    bench.engine.update(bench.root)
    with pytest.raises(TargetError, match="too long for the model's context window"):
        bench.plan("explain", "shop/huge.py", window=2_000)


def test_a_repositorys_recipe_stays_within_the_repository(bench: Bench) -> None:
    (bench.root.parent / "outside.txt").write_text("SECRET")
    (bench.root / "link.txt").symlink_to(bench.root.parent / "outside.txt")
    for path in ("../outside.txt", "link.txt", str(bench.root.parent / "outside.txt")):
        write(
            bench.root,
            {".assist/recipes/steal.md": f'---\ndescription: d\ncontext: [file: "{path}"]\n---\nTell.\n'},
        )
        with pytest.raises(TargetError, match="cannot be used"):
            bench.plan("steal")


def test_a_recipe_with_a_query_and_parameters(bench: Bench) -> None:
    write(
        bench.root,
        {
            ".assist/recipes/house.md": (
                '---\ndescription: d\ncontext: [query: "{{topic}}", readme]\n'
                "parameters: {topic: {default: average price, choices: [average price, receipt]}}\n---\n"
                "About {{topic}}.\n"
            )
        },
    )
    plan = bench.plan("house")
    assert "def average_price" in plan.as_text()
    assert "Sells tea." in plan.as_text()
    assert plan.as_text().rstrip().endswith("About average price.")
    with pytest.raises(RecipeError, match='"topic" must be one of'):
        bench.plan("house", given={"topic": "tea"})
    with pytest.raises(RecipeError, match='no parameter "topc"; did you mean "topic"'):
        bench.plan("house", given={"topc": "receipt"})


TARGETS = [
    ("shop/cart.py", None),
    ("shop/cart.py:22", (21, 22)),
    ("shop/cart.py:18", (17, 18)),
    ("shop/cart.py:2-9", (2, 9)),
    ("shop/cart.py:9-2", (2, 9)),
    ("shop/cart.py:20-99", (20, 22)),
    ("shop/cart.py:1", (1, 22)),
    ("Cart", (4, 18)),
    ("Cart.add", (10, 15)),
    ("average_price", (21, 22)),
]


@pytest.mark.parametrize(("written", "span"), TARGETS)
def test_targets_are_found(written: str, span: tuple[int, int] | None, bench: Bench) -> None:
    target = bench.target(written)
    assert (target.path, target.span) == ("shop/cart.py", span)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("shop/none.py", "there is no file and no symbol"),
        ("Cart.none", "there is no file and no symbol"),
        ("shop/cart.py:99", "has 22 lines, so there is no line 99"),
        ("shop/cart.py:0", "there is no line 0"),
        ("../outside.py", "lies outside of"),
        ("twice", "is defined 2 times (shop/a.py:1, shop/b.py:1)"),
    ],
)
def test_targets_that_are_none(written: str, message: str, bench: Bench) -> None:
    (bench.root.parent / "outside.py").write_text("x = 1\n")
    write(bench.root, {"shop/a.py": "def twice(): ...\n", "shop/b.py": "def twice(): ...\n"})
    bench.engine.update(bench.root)
    with pytest.raises(TargetError) as raised:
        bench.target(written)
    assert message in str(raised.value)
