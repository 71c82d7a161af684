"""``assist/recipes/*`` and ``assist/edit/*``, and the command that code actions and lenses run recipes with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp.editing import Editing
from lsp.errors import ErrorCode, LspError
from lsp.protocol.answers import AnswerEvent
from lsp.protocol.edits import (
    APPLY,
    PROPOSE,
    REJECT,
    EditApplied,
    EditApplyParams,
    EditProposal,
    EditProposeParams,
    EditRejected,
    EditRejectParams,
)
from lsp.protocol.recipes import (
    LIST,
    RUN,
    RUN_COMMAND,
    RecipeInfo,
    RecipeList,
    RecipeMode,
    RecipeOutcome,
    RecipeParameter,
    RecipeResult,
    RecipeRunParams,
    RecipesListParams,
)
from lsp.running import RecipeRunner
from lsp.tasks import CancelToken
from lsp.wire import WireError, decode

if TYPE_CHECKING:
    from assistant.engine import Engine
    from assistant.recipes.model import Recipe
    from lsp.server import AssistServer


def register(server: AssistServer) -> None:
    """Run recipes and take changes."""
    editing = Editing(server.session)
    feature = RecipeFeature(server, RecipeRunner(server.session, editing), editing)
    server.own(LIST, feature.list)
    server.own(RUN, feature.run)
    server.own(PROPOSE, feature.propose)
    server.own(APPLY, feature.apply)
    server.own(REJECT, feature.reject)
    server.on_command(RUN_COMMAND, feature.command)


class RecipeFeature:
    """Answers requests about recipes and edits."""

    def __init__(self, server: AssistServer, runner: RecipeRunner, editing: Editing) -> None:
        self._session = server.session
        self._runner = runner
        self._editing = editing

    async def list(self, params: RecipesListParams) -> RecipeList:
        """List the recipes."""
        folders = [params.folder] if params.folder else None
        root = self._session.workspaces.chosen(folders)[0]

        def work(engine: Engine, _: CancelToken) -> RecipeList:
            from assistant.recipes.library import load_library

            library = load_library(root, engine.settings.config_file.parent)
            return RecipeList(
                tuple(_info(item.recipe) for item in library.listed()), tuple(map(str, library.problems))
            )

        return await self._session.in_thread(work)

    async def run(self, params: RecipeRunParams) -> RecipeResult:
        """Run a recipe."""
        return await self._runner.run(params, self._teller(params.partial_result_token))

    async def propose(self, params: EditProposeParams) -> EditProposal:
        """Have a model change a selection.

        :raises LspError: if there is no model, or its answer cannot be used.
        """
        wanted = RecipeRunParams(
            "builtin:edit",
            params.selection,
            instruction=params.instruction,
            backend=params.backend,
            model=params.model,
        )
        result = await self._runner.run(wanted, self._teller(params.partial_result_token))
        if result.edit is None:
            raise LspError("; ".join(result.notes) or "the answer holds no change; propose it again")
        return result.edit

    async def apply(self, params: EditApplyParams) -> EditApplied:
        """Take a change."""
        return await self._editing.apply(params.id, params.hunks, preview=params.preview)

    def reject(self, params: EditRejectParams) -> EditRejected:
        """Forget a change."""
        return EditRejected(self._editing.proposals.remove(params.id))

    async def command(self, *arguments: Any) -> RecipeResult:  # noqa: ANN401 - JSON
        """Run a recipe for an editor that knows nothing of them: its answer is a message, its change an edit."""
        if len(arguments) != 1:
            raise LspError(f"{RUN_COMMAND} takes one argument, that of {RUN.name}", ErrorCode.INVALID_PARAMS)
        try:
            params = decode(RecipeRunParams, _plain(arguments[0]))
        except WireError as error:
            raise LspError(str(error), ErrorCode.INVALID_PARAMS) from error
        result = await self.run(params)
        if result.edit is not None:
            await self._editing.apply(result.edit.id, None, preview=True)
        elif not params.partial_result_token:
            self._show(result)
        return result

    def _show(self, result: RecipeResult) -> None:
        found = [f"{item.path}:{item.range.start.line + 1}: {item.text}" for item in result.findings]
        refused = result.outcome is RecipeOutcome.REFUSED
        said = [*([] if refused else [result.text]), *found, *result.notes]
        kind = types.MessageType.Warning if refused else types.MessageType.Info
        message = "\n".join(part for part in said if part.strip())
        params = types.ShowMessageParams(type=kind, message=message)
        self._session.protocol.notify(types.WINDOW_SHOW_MESSAGE, params)

    def _teller(self, token: str | int | None) -> Any:  # noqa: ANN401 - a function
        def tell(event: AnswerEvent) -> None:
            self._session.stream(token, event)

        return tell


def _info(recipe: Recipe) -> RecipeInfo:
    parameters = tuple(
        RecipeParameter(item.name, item.description, item.default, tuple(item.choices))
        for item in recipe.parameters.values()
    )
    return RecipeInfo(
        recipe.name,
        recipe.description,
        RecipeMode(recipe.mode.value),
        recipe.origin.value,
        recipe.needs_target,
        parameters,
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON that pygls may have made objects of
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
