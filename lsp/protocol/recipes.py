"""Recipes: ``assist/recipes/*``."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lsp.protocol.answers import EXAMPLE_EVENT, AnswerEvent, Checked
from lsp.protocol.copies import CopyNote
from lsp.protocol.edits import EditProposal
from lsp.protocol.method import Method
from lsp.protocol.places import Position, Range, Selection
from lsp.schema import described

RUN_COMMAND = "assist.recipe.run"
"""The command of code actions and lenses that run a recipe."""


class RecipeMode(StrEnum):
    """What becomes of a recipe's answer."""

    ANSWER = "answer"
    EDIT = "edit"
    NEW_FILE = "new-file"


@dataclass(frozen=True, slots=True)
class RecipesListParams:
    """Whose recipes."""

    folder: str | None = described("URI of the workspace folder; without it, the first.", None)


@dataclass(frozen=True, slots=True)
class RecipeParameter:
    """A value that the user can give."""

    name: str = described("Its name.")
    description: str = described("What it is.")
    default: str | None = described("Without one it must be given.", None)
    choices: tuple[str, ...] = described("If not empty, the only values.", ())


@dataclass(frozen=True, slots=True)
class RecipeInfo:
    """A recipe."""

    name: str = described("Names it in `assist/recipes/run`.")
    description: str = described("What it does.")
    mode: RecipeMode = described("What becomes of its answer: it is shown, or is a change of a file.")
    origin: str = described("`built-in`, `user` or `repository`.")
    needs_target: bool = described("Whether it works on a selection or a document.")
    parameters: tuple[RecipeParameter, ...] = described("Its parameters.", ())


@dataclass(frozen=True, slots=True)
class RecipeList:
    """The recipes."""

    recipes: tuple[RecipeInfo, ...] = described("By name.")
    problems: tuple[str, ...] = described("Files of recipes that cannot be used, and why.", ())


@dataclass(frozen=True, slots=True)
class RecipeRunParams:
    """What is to be run."""

    recipe: str = described("Its name; `builtin:NAME`, `user:NAME` and `repo:NAME` choose between several.")
    selection: Selection | None = described(
        "What it works on, in an open document: an empty range stands for the definition around it.", None
    )
    target: str | None = described("What it works on otherwise: `FILE`, `FILE:10-20` or a symbol.", None)
    instruction: str | None = described("What is to be done, for recipes that take it.", None)
    parameters: Mapping[str, str] | None = described("Values of other parameters.", None)
    folder: str | None = described(
        "URI of the workspace folder; without it, the selection's, or the first.", None
    )
    staged: bool = described("Of recipes about a change: what is staged.", False)
    revision: str | None = described(
        "Of recipes about a change: the diff against a revision, or of a range.", None
    )
    backend: str | None = described("The backend that answers; as in `assist/ask`.", None)
    model: str | None = described("Another model of that backend.", None)
    partial_result_token: str | int | None = described(
        "The answer's events are then sent with `$/progress` as they come.", None
    )


class RecipeOutcome(StrEnum):
    """What a recipe brought."""

    ANSWER = "answer"
    FINDINGS = "findings"
    MESSAGE = "message"
    EDIT = "edit"
    REFUSED = "refused"
    FACTS = "facts"


@dataclass(frozen=True, slots=True)
class RecipeFinding:
    """Something that is wrong in a file."""

    uri: str = described("The document.")
    path: str = described("Its path in its folder.")
    range: Range = described("The lines.")
    text: str = described("What is wrong there.")


@dataclass(frozen=True, slots=True)
class RecipeResult:
    """What a recipe brought."""

    outcome: RecipeOutcome = described(
        "`facts`: no model is configured, the text is what the index knows. `refused`: the model's answer cannot be "
        "used, the notes say why."
    )
    text: str = described("The answer, the message, the facts: for people.")
    findings: tuple[RecipeFinding, ...] = described("What was found.", ())
    edit: EditProposal | None = described("The change that is proposed.", None)
    notes: tuple[str, ...] = described("What the user should know.", ())
    backend: str | None = described("Who answered.", None)
    model: str | None = described("Its model.", None)
    citations: Checked | None = described("How the answer's citations fared.", None)
    sent: str | None = described("What was sent, where to, in words.", None)
    copies: tuple[CopyNote, ...] = described("Passages of the answer's code that are copied.", ())


_SPAN = Range(Position(11, 0), Position(30, 0))
LIST: Method[RecipesListParams, RecipeList] = Method(
    "assist/recipes/list",
    RecipesListParams,
    RecipeList,
    "Lists the recipes: those that come with assist, the user's and the repository's.",
    RecipesListParams(),
    RecipeList(
        (
            RecipeInfo(
                "fix",
                "A repair for a problem that you describe, as a diff",
                RecipeMode.EDIT,
                "built-in",
                True,
                (
                    RecipeParameter(
                        "instruction", "What is wrong, such as an error message", "Find the defect."
                    ),
                ),
            ),
        )
    ),
)
RUN: Method[RecipeRunParams, RecipeResult] = Method(
    "assist/recipes/run",
    RecipeRunParams,
    RecipeResult,
    "Runs a recipe. Nothing is changed: a change is proposed, and taken with `assist/edit/apply`. The command "
    f"`{RUN_COMMAND}` takes the same parameters, shows the answer as a message and has the editor make the change.",
    RecipeRunParams(
        "explain", Selection("file:///home/me/shop/src/pool.py", _SPAN), partial_result_token="r-1"
    ),
    RecipeResult(
        RecipeOutcome.ANSWER,
        "`ConnectionPool` keeps connections [src/pool.py:12-30].",
        backend="local",
        model="qwen2.5-coder:7b",
        citations=Checked(1, 1, 0, 0),
        sent="3.2 kB of 2 files to http://localhost:11434",
    ),
    streamed=AnswerEvent,
    streamed_example=EXAMPLE_EVENT,
)
METHODS = (LIST, RUN)
