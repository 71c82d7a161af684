"""Answers as models give them, and what becomes of the file."""

import subprocess
from pathlib import Path

import pytest

from assistant.recipes.changes import EditTask, change_of, refuse_removals
from assistant.recipes.errors import EditError
from assistant.recipes.patches import FileChange, unified_diff
from indexer.languages import language_of

SHOP = '''\
"""A shop."""

import os


class Shop:
    """Sells tea."""

    def open(self):
        return self.door.open()

    def close(self):
        return self.door.close()


def total(items):
    result = 0
    for item in items:
        result += item.price
    return result


def count(items):
    result = 0
    for item in items:
        result += 1
    return result
'''
TOTAL = "    for item in items:\n        result += item.price\n    return result\n"
FIXED = SHOP.replace("result += item.price", "result += item.price * item.amount")


def changed(answer: str, text: str = SHOP, path: str = "src/shop.py", **options: object) -> str:
    new = change_of(answer, EditTask(path, text, **options)).change.new  # type: ignore[arg-type]
    assert new is not None
    return new


def fence(code: str, info: str = "python") -> str:
    return f"Sure! Here it is:\n\n```{info}\n{code}```\n\nThis fixes it.\n"


DIFF_BODY = (
    "     for item in items:\n-        result += item.price\n+        result += item.price * item.amount\n"
)
NEW_LINE = "        result += item.price * item.amount\n"
SEARCHED = f"<<<<<<< SEARCH\n        result += item.price\n=======\n{NEW_LINE}>>>>>>> REPLACE\n"
FUNCTION = (
    "def total(items):\n    result = 0\n    for item in items:\n        result += item.price * item.amount\n"
    "    return result\n"
)

SAME_RESULT = {
    "a diff in a fence": fence(f"--- a/src/shop.py\n+++ b/src/shop.py\n@@ -17,2 +17,2 @@\n{DIFF_BODY}", "diff"),
    "a diff with absurd numbers": fence(
        f"--- a/src/shop.py\n+++ b/src/shop.py\n@@ -999,42 +1000,1 @@ class X\n{DIFF_BODY}", "diff"
    ),
    "a diff without headers": fence(DIFF_BODY, "diff"),
    "a diff whose fence is called patch": fence(DIFF_BODY, "patch"),
    "a diff in a fence without a language": fence(f"--- shop.py\n+++ shop.py\n@@ @@\n{DIFF_BODY}", ""),
    "a diff with time stamps": (
        f"--- src/shop.py\t2024-01-01\n+++ src/shop.py\t2024-01-02\n@@ -17,2 +17,2 @@\n{DIFF_BODY}"
    ),
    "a diff with only its second header": fence(f"+++ b/src/shop.py\n@@ -17,2 +17,2 @@\n{DIFF_BODY}", "diff"),
    "a diff from git with everything": (
        "diff --git a/src/shop.py b/src/shop.py\nindex 3b18e51..a5bce3f 100644\n--- a/src/shop.py\n+++ b/src/shop.py\n"
        f"@@ -17,2 +17,2 @@ def total(items):\n{DIFF_BODY}"
    ),
    "a diff that is cut in its fence": f"```diff\n--- a/src/shop.py\n+++ b/src/shop.py\n@@ -17,2 +17,2 @@\n{DIFF_BODY}",
    "context of less indentation": fence(
        "@@\n for item in items:\n-    result += item.price\n+    result += item.price * item.amount\n", "diff"
    ),
    "context in tabs": fence(
        "@@\n \tfor item in items:\n-\t\tresult += item.price\n+\t\tresult += item.price * item.amount\n", "diff"
    ),
    "context with other blanks inside": fence(
        "@@\n     for  item in items:\n-        result +=  item.price\n+        result += item.price * item.amount\n",
        "diff",
    ),
    "blanks at the line ends": fence(DIFF_BODY.replace("items:\n", "items:   \n"), "diff"),
    "marks with a blank after them": fence(
        "@@\n      for item in items:\n-         result += item.price\n+         result += item.price * item.amount\n",
        "diff",
    ),
    "the same hunk twice": fence(f"@@ @@\n{DIFF_BODY}@@ @@\n{DIFF_BODY}", "diff"),
    "an indented fence": "1. Do this:\n\n   ```diff\n" + "".join(
        f"   {line}\n" for line in ("@@ @@", *DIFF_BODY.splitlines())
    ) + "   ```\n",
    "search and replace": SEARCHED,
    "search and replace after the path": f"src/shop.py\n{SEARCHED}",
    "search and replace in a fence": fence(SEARCHED),
    "search and replace in a fence with the path": fence(SEARCHED, "python src/shop.py"),
    "search and replace with other words": SEARCHED.replace("SEARCH", "ORIGINAL").replace("REPLACE", "UPDATED"),
    "search and replace with dashes": SEARCHED.replace("<<<<<<< ", "------- ").replace(">>>>>>> ", "+++++++ "),
    "search and replace of less indentation": SEARCHED.replace("        result", "result"),
    "search and replace with windows ends": SEARCHED.replace("\n", "\r\n"),
    "OpenAI's patch": (
        f"*** Begin Patch\n*** Update File: src/shop.py\n@@ def total(items):\n{DIFF_BODY}*** End Patch\n"
    ),
    "OpenAI's patch in a fence": fence(
        f"*** Begin Patch\n*** Update File: src/shop.py\n@@\n{DIFF_BODY}*** End Patch\n", ""
    ),
    "the function": fence(FUNCTION),
    "the function, indented": fence("".join(f"    {line}\n" for line in FUNCTION.splitlines())),
    "the function after a line with the path": fence(f"# src/shop.py\n{FUNCTION}"),
    "the function under its path": f"**src/shop.py**\n\n```py\n{FUNCTION}```\n",
    "the function in tildes": f"~~~python\n{FUNCTION}~~~\n",
    "the old function and the new one": fence(FUNCTION.replace(" * item.amount", "")) + fence(FUNCTION),
    "the function and an example of its use": fence(FUNCTION) + fence("total([])\n", "python demo.py"),
    "the whole file": fence(FIXED),
    "the whole file with its path": fence(FIXED, 'python title="src/shop.py"'),
}  # fmt: skip


@pytest.mark.parametrize("form", SAME_RESULT)
def test_one_change_in_each_form_gives_one_result(form: str) -> None:
    assert changed(SAME_RESULT[form]) == FIXED


@pytest.mark.parametrize("form", SAME_RESULT)
def test_the_line_ends_of_the_file_stay(form: str) -> None:
    assert changed(SAME_RESULT[form], SHOP.replace("\n", "\r\n")) == FIXED.replace("\n", "\r\n")


@pytest.mark.parametrize("form", SAME_RESULT)
def test_a_missing_line_end_at_the_end_of_the_file_stays_missing(form: str) -> None:
    assert changed(SAME_RESULT[form], SHOP.removesuffix("\n")) == FIXED.removesuffix("\n")


REFUSED = {
    "prose alone": ("There is nothing to change.", "holds no change"),
    "an empty answer": ("", "holds no change"),
    "a function that the file does not have": (fence("def missing():\n    pass\n"), "does not define missing"),
    "a fence that does not end": (f"```python\n{FUNCTION}", "was cut off"),
    "code that was left out": (
        fence("def total(items):\n    # ... existing code ...\n    return result\n"),
        "leaves code out",
    ),
    "a file that was left out": (
        fence('"""A shop."""\n\nimport os\n\n# rest of the file unchanged\n'),
        "leaves code out",
    ),
    "a class without a method": (
        fence("class Shop:\n    def open(self):\n        return 1\n"),
        "leaves out close of Shop",
    ),
    "lines that are nowhere": (fence("@@\n-    nothing\n+    x\n", "diff"), "fits nowhere"),
    "lines that are twice": (fence("@@\n     result = 0\n+    seen = 1\n", "diff"), "fits in 2 places (lines 17, 24"),
    "an insertion without context": (fence("@@ -3,0 +4,1 @@\n+import re\n", "diff"), "does not say where"),
    "a diff of another file": (
        fence(f"--- a/other.py\n+++ b/other.py\n@@ -17,2 +17,2 @@\n{DIFF_BODY}", "diff"),
        "changes other.py and not src/shop.py",
    ),
    "a file of another folder": (
        fence(f"--- a/../../etc/shop.py\n+++ b/../../etc/shop.py\n@@\n{DIFF_BODY}", "diff"),
        "changes ../../etc/shop.py",
    ),
    "the removal of the file": (
        fence("--- a/src/shop.py\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-import os\n", "diff"),
        "would remove src/shop.py",
    ),
    "new syntax errors": (fence("@@\n-import os\n+import os os (\n", "diff"), "more syntax error"),
    "what is there already": (fence(SHOP), "changes nothing"),
    "two versions": (fence(FUNCTION) + fence(FUNCTION.replace("amount", "number")), "several versions"),
    "parts that contradict each other": (
        fence("@@\n-import os\n+import re\n@@\n-import os\n+import sys\n", "diff"),
        "two parts of the answer change line 3",
    ),
    "search without an end": ("<<<<<<< SEARCH\nimport os\n=======\nimport re\n", "holds no change"),
    "search of nothing": ("<<<<<<< SEARCH\n=======\nimport re\n>>>>>>> REPLACE\n", "does not say where"),
}  # fmt: skip


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_not_sure_is_refused(form: str) -> None:
    answer, reason = REFUSED[form]
    with pytest.raises(EditError) as raised:
        changed(answer)
    assert reason in str(raised.value)


def test_the_selection_decides_between_places() -> None:
    answer = fence("@@\n     result = 0\n+    seen = 1\n", "diff")
    new = changed(answer, span=(23, 27), span_is_definition=True)
    assert new == SHOP.replace(
        "def count(items):\n    result = 0\n", "def count(items):\n    result = 0\n    seen = 1\n"
    )


def test_the_answers_line_number_decides_between_places() -> None:
    new = changed(fence("@@ -24,1 +24,2 @@\n     result = 0\n+    seen = 1\n", "diff"))
    assert new.index("seen = 1") > new.index("def count")


def test_several_hunks_are_applied_together() -> None:
    answer = fence(
        "@@\n-import os\n+import re\n@@\n-def count(items):\n+def count(items, start=0):\n", "diff"
    )
    assert changed(answer) == SHOP.replace("import os", "import re").replace(
        "count(items)", "count(items, start=0)"
    )


def test_a_block_that_fits_only_after_the_one_before_it_is_applied_in_turn() -> None:
    answer = (
        SEARCHED
        + "<<<<<<< SEARCH\n        result += item.price * item.amount\n=======\n        pass\n>>>>>>> REPLACE\n"
    )
    assert changed(answer) == SHOP.replace("result += item.price", "pass")


def test_a_divider_may_be_a_line_of_the_text() -> None:
    text = "Title\n=======\n\nOld words.\n"
    answer = "<<<<<<< SEARCH\nTitle\n=======\n\nOld words.\n=======\nTitle\n=======\n\nNew words.\n>>>>>>> REPLACE\n"
    assert changed(answer, text, "a.rst") == text.replace("Old", "New")


def test_a_new_helper_stays_beside_the_function_that_needs_it() -> None:
    helper = "def price(item):\n    return item.price\n\n\n"
    assert changed(fence(helper + FUNCTION)) == FIXED.replace("def total", helper + "def total")


def test_new_imports_join_the_imports() -> None:
    assert changed(fence(f"import os\nimport re\n\n\n{FUNCTION}")) == FIXED.replace(
        "import os\n", "import os\nimport re\n"
    )


def test_a_method_keeps_its_indentation() -> None:
    new = changed(fence("def close(self):\n    self.till.empty()\n    return self.door.close()\n"))
    assert (
        "    def close(self):\n        self.till.empty()\n        return self.door.close()\n\n\ndef total"
        in new
    )


def test_a_comment_above_a_function_is_replaced_by_the_new_one() -> None:
    text = "package a\n\n// Old says.\nfunc F() int {\n\treturn 1\n}\n"
    new = changed(
        fence("// F gives one.\nfunc F() int {\n\treturn 1\n}\n", "go"), text, "a.go", only_comments=True
    )
    assert new == text.replace("Old says", "F gives one")


def test_a_comment_above_a_function_stays_if_the_answer_has_none() -> None:
    text = "package a\n\n// F gives one.\nfunc F() int {\n\treturn 1\n}\n"
    assert changed(fence("func F() int {\n\treturn 2\n}\n", "go"), text, "a.go") == text.replace(
        "return 1", "return 2"
    )


def test_a_define_above_a_function_is_no_comment_of_it() -> None:
    text = "#include <a.h>\n#define N 3\nint f(void) {\n  return N;\n}\n"
    new = changed(fence("/* Gives N. */\nint f(void) {\n  return N;\n}\n", "c"), text, "a.c")
    assert new == text.replace("int f", "/* Gives N. */\nint f")


def test_chosen_lines_are_replaced_at_their_indentation() -> None:
    new = changed(fence("result += 2\nresult += 3\n"), span=(26, 26))
    assert new == SHOP.replace("        result += 1\n", "        result += 2\n        result += 3\n")


def test_a_function_around_the_chosen_lines_replaces_the_function() -> None:
    assert changed(fence(FUNCTION), span=(19, 19)) == FIXED


def test_several_methods_of_one_name_need_the_line() -> None:
    text = "class A:\n    def f(self):\n        return 1\n\n\nclass B:\n    def f(self):\n        return 2\n"
    answer = fence("def f(self):\n    return 3\n")
    with pytest.raises(EditError, match=r"defines f 2 times \(lines 2, 7\)"):
        changed(answer, text)
    assert changed(answer, text, span=(7, 8), span_is_definition=True) == text.replace("return 2", "return 3")


def test_a_markdown_file_may_hold_fences() -> None:
    text = "# Use\n\n```sh\nmake\n```\n\nMore.\n"
    new = text.replace("make\n", "make all\n")
    assert changed(f"```markdown\n{new}```\n", text, "README.md") == new


def test_only_comments_may_change_where_the_recipe_says_so() -> None:
    documented = FUNCTION.replace(" * item.amount", "").replace(
        "items):\n", 'items):\n    """Return the price of all items."""\n'
    )
    assert "Return the price" in changed(fence(documented), only_comments=True)
    with pytest.raises(EditError, match="more than comments"):
        changed(fence(FUNCTION), only_comments=True)


def test_a_redacted_secret_is_not_written_back() -> None:
    text = 'TOKEN = "abc123"\n'
    answer = fence('@@\n-TOKEN = "abc123"\n+TOKEN = "[redacted-1]"  # read from the environment\n', "diff")
    with pytest.raises(EditError, match="redacted before it was sent"):
        changed(answer, text, placeholders=frozenset({"[redacted-1]"}))


def test_other_files_are_left_out_with_a_note() -> None:
    answer = fence(
        f"--- a/src/shop.py\n+++ b/src/shop.py\n@@\n{DIFF_BODY}--- a/setup.py\n+++ b/setup.py\n@@\n-a\n+b\n",
        "diff",
    )
    checked = change_of(answer, EditTask("src/shop.py", SHOP))
    assert checked.change.new == FIXED
    assert checked.notes == ("the answer also changes setup.py; that is left out",)


def test_broken_files_can_be_repaired() -> None:
    text = "def f(:\n    return 1\n"
    assert changed(fence("@@\n-def f(:\n+def f():\n", "diff"), text) == "def f():\n    return 1\n"


def test_a_function_may_lose_its_last_lines() -> None:
    text = "def f():\n    a()\n    b()\n"
    assert changed(fence("def f():\n    a()\n"), text) == "def f():\n    a()\n"


def test_ordinary_comments_are_not_taken_for_code_left_out() -> None:
    code = FUNCTION.replace(
        "    result = 0\n", "    # Existing callers pass a list.\n    # Loading ...\n    result = 0\n"
    )
    assert "# Existing callers pass a list." in changed(fence(code))


@pytest.mark.parametrize(
    ("new", "allowed"),
    [
        (SHOP + "\n\ndef test_more():\n    pass\n", True),
        (SHOP.replace("import os\n", "import os, re\n") + "\nX = 1\n", True),
        (SHOP.replace("result = 0", "result = 1", 1), False),
        (SHOP.replace("import os\n", "import os\nimport re\n"), True),
        ("", False),
    ],
)
def test_additions_are_told_from_removals(new: str, allowed: bool) -> None:
    change = FileChange("a.py", SHOP, new)
    if allowed:
        refuse_removals(change, language_of("a.py"))
    else:
        with pytest.raises(EditError, match="may only be added to"):
            refuse_removals(change, language_of("a.py"))


@pytest.mark.parametrize(
    "path", ["a.py", "with space.py", 'quo"te.py', "tab\there.py", "ü/ñ.py", "back\\slash.py"]
)
@pytest.mark.parametrize("old", [None, "", "a\nb\nc\n", "a\r\nb\r\n", "a\nb", "x\x0cy\n\u2028z\n"])
@pytest.mark.parametrize("new", ["a\nb\nc\nd", "b\n", "", "\n\n", "\r\nq\r\n"])
def test_git_takes_the_diff_and_its_reverse(path: str, old: str | None, new: str, tmp_path: Path) -> None:
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    if old is not None:
        file.write_bytes(old.encode())
    change = FileChange(path, old, new)
    if not unified_diff(change):
        return
    for step, wanted in ((change, new), (change.reversed(), old)):
        applied = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"],
            cwd=tmp_path,
            input=unified_diff(step).encode(),
            check=False,
        )
        assert applied.returncode == 0
        assert (file.read_bytes().decode() if file.exists() else None) == wanted
