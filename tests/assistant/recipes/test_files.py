import pytest

from assistant.recipes.errors import RecipeFileError
from assistant.recipes.files import fill, parse_recipe
from assistant.recipes.model import ContextSource, Mode, Origin, OutputFormat, Recipe, SourceKind

WHOLE = """---
name: house-review
description: Our review
mode: answer
context:
  - diff
  - query: "{{topic}} conventions"
  - file: docs/style.md
parameters:
  topic: {description: What about, default: naming, choices: [naming, errors]}
  depth: 3
temperature: 0.5
max_tokens: 900
output: {format: findings}
---

Review for {{topic}}.
"""


def recipe_of(front: str, body: str = "Do it.") -> Recipe:
    return parse_recipe(
        f"---\n{front}\n---\n{body}\n", file="r.md", origin=Origin.REPOSITORY, default_name="r"
    )


def test_a_whole_recipe_is_read() -> None:
    recipe = parse_recipe(WHOLE, file="x.md", origin=Origin.USER)
    assert (recipe.name, recipe.description, recipe.mode) == ("house-review", "Our review", Mode.ANSWER)
    assert recipe.context == (
        ContextSource(SourceKind.DIFF),
        ContextSource(SourceKind.QUERY, "{{topic}} conventions"),
        ContextSource(SourceKind.FILE, "docs/style.md"),
    )
    assert recipe.parameters["topic"].choices == ("naming", "errors")
    assert recipe.parameters["depth"].default == "3"
    assert (recipe.temperature, recipe.max_tokens) == (0.5, 900)
    assert recipe.output.format is OutputFormat.FINDINGS
    assert recipe.prompt == "Review for {{topic}}."


def test_the_name_of_the_file_is_the_default_name() -> None:
    assert recipe_of("description: d").name == "r"


@pytest.mark.parametrize(
    "written", ['[query:"where is it"]', '[query: "where is it"]', '\n  - query: "where is it"']
)
def test_a_query_is_read_in_each_way_to_write_it(written: str) -> None:
    assert recipe_of(f"description: d\ncontext: {written}").context == (
        ContextSource(SourceKind.QUERY, "where is it"),
    )


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    recipe = parse_recipe("\ufeff" + WHOLE.replace("\n", "\r\n"), file="x.md", origin=Origin.USER)
    assert recipe.prompt == "Review for {{topic}}."


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("description: d\ncommand: rm -rf /", 'r.md:3: "command" is not allowed: a recipe names no program'),
        ("run: ls\ndescription: d", 'r.md:2: "run" is not allowed: a recipe names no program'),
        (
            "description: d\nendpoint: https://e.example",
            'r.md:3: "endpoint" is not allowed: a recipe names no server',
        ),
        (
            "description: d\nbackend: b",
            'r.md:3: "backend" is not allowed: a recipe names no server or a model',
        ),
        ("description: d\nmodel: m", 'r.md:3: "model" is not allowed: a recipe names no server or a model'),
        ("description: d\napi-key: m", 'r.md:3: "api-key" is not allowed'),
        ("descripton: d", 'r.md:2: unknown key "descripton"; did you mean "description"?'),
        ("name: x", 'r.md:2: "description" is missing'),
        ("description: [1]", 'r.md:2: "description" must be a text'),
        (
            "description: d\nmode: edits",
            'r.md:3: "mode" must be one of answer, edit, new-file; did you mean "edit"?',
        ),
        ("description: d\ncontext: selection", 'r.md:3: "context" must be a list'),
        (
            "description: d\ncontext:\n  - file\n  - caller",
            'r.md:5: unknown context "caller"; did you mean "callers"?',
        ),
        ("description: d\ncontext: [query]", 'r.md:3: "query" needs what to look for'),
        ("description: d\ncontext: [{shell: ls}]", 'r.md:3: unknown context "shell"'),
        ('description: d\ncontext: [query: "{{x}}"]', 'r.md:3: "{{x}}" stands for nothing'),
        ("description: d\ntemperature: hot", 'r.md:3: "temperature" must be a number from 0 to 2'),
        ("description: d\ntemperature: .nan", 'r.md:3: "temperature" must be a number from 0 to 2'),
        ("description: d\nmax_tokens: true", 'r.md:3: "max_tokens" must be a whole number from 1 to 100,000'),
        ("description: d\noutput: {formt: text}", 'r.md:3: unknown key "formt"; did you mean "format"?'),
        (
            "description: d\nparameters:\n  a: {run: ls}",
            'r.md:4: "run" is not allowed: a parameter names no program',
        ),
        (
            "description: d\nparameters:\n  path: x",
            'r.md:4: "path" is no name for a parameter',
        ),
        (
            "description: d\nparameters:\n  a: {default: x, choices: [y]}",
            'r.md:4: "default" must be one of y',
        ),
        ("description: d\ndescription: e", 'r.md:3: "description" is given twice'),
        ("description: d\nname: Not A Name", 'r.md:3: "Not A Name" is no name for a recipe'),
        ("description: &a d\nname: *a", "r.md:1: aliases (*name) are not used in recipes"),
        ("description: 'd", "r.md:2: the front matter is no YAML"),
        ("!!python/object/apply:os.system [ls]", "r.md:2: the front matter is no YAML"),
        ("- a", "r.md:2: the front matter must hold lines"),
        ("", "r.md:2: the front matter must hold lines"),
        ("description: " + "[" * 5000, "r.md:2: the front matter is too long or too deep"),
        ("description: " + "[" * 90, "r.md:"),
        ("description: " + "x" * 20_000, "r.md:2: the front matter is too long or too deep"),
        ("description: \x07", "r.md:2: the front matter is no YAML"),
    ],
)
def test_an_error_names_the_line_and_what_is_wrong(front: str, message: str) -> None:
    with pytest.raises(RecipeFileError) as raised:
        recipe_of(front)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Just text", "r.md:1: a recipe starts with front matter"),
        ("---\nname: x\n", "r.md:1: the front matter does not end"),
        ("---\ndescription: d\n---\n\n", "r.md:4: there is no prompt"),
        (
            "---\ndescription: d\n---\nOne\n{{instructon}}\n",
            'r.md:5: "{{instructon}}" stands for nothing',
        ),
    ],
)
def test_an_error_outside_the_front_matter_names_its_line(text: str, message: str) -> None:
    with pytest.raises(RecipeFileError) as raised:
        parse_recipe(text, file="r.md", origin=Origin.USER, default_name="r")
    assert message in str(raised.value)


def test_values_are_not_looked_into_for_names() -> None:
    assert fill("{{ a }} and {{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}} and x"
