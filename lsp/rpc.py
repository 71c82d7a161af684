"""JSON-RPC as this server speaks it: every request gets one answer, whatever the client sends.

Built on pygls, which keeps the features, the types and the capabilities. What is different from it: messages come from
:mod:`lsp.transport`; own methods have dataclasses for parameters (:mod:`lsp.wire`); a message that cannot be
    understood is answered with an error that carries its id; requests of the server and of the client are kept
    apart; nothing that messages contain is logged.
"""

import contextvars
import json
import logging
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

from lsp.errors import ErrorCode, LspError, as_error
from lsp.transport import MessageWriter, Received, Unreadable, framed
from lsp.wire import WireError, decode, encode

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.lsp.server import LanguageServer

_LOG = logging.getLogger(__name__)

MessageId = str | int


class AssistProtocol(LanguageServerProtocol):
    """The server's end of the connection. Everything happens on the event loop."""

    def __init__(self, server: "LanguageServer", converter: "Converter") -> None:
        self.own_params: dict[str, type] = {}
        """Parameters of the methods that are assist's own."""
        self._outgoing: dict[MessageId, tuple[Future[Any], str]] = {}
        self._sent = 0
        self._out: MessageWriter | None = None
        self._initialized = False
        self.on_exit: Callable[[int], None] = lambda code: None
        super().__init__(server, converter)

    @property
    def has_begun(self) -> bool:
        """Whether the client has sent ``initialize``."""
        return self._initialized

    def connect(self, writer: MessageWriter) -> None:
        """Send through a writer from now on."""
        self._out = writer

    # Messages that come in

    def receive(self, message: Received) -> None:
        """Take a message: answer it, act on it, or say what is wrong with it."""
        if isinstance(message, Unreadable):
            code = ErrorCode.PARSE if message.is_parse_error else ErrorCode.INVALID_REQUEST
            self._answer_error(None, LspError(message.problem, code))
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            self._answer_error(None, LspError("not a JSON-RPC 2.0 message", ErrorCode.INVALID_REQUEST))
            return
        method, message_id = message.get("method"), message.get("id")
        if isinstance(message_id, bool) or not isinstance(message_id, str | int | None):
            self._answer_error(None, LspError("an id is a text or a whole number", ErrorCode.INVALID_REQUEST))
        elif isinstance(method, str) and "id" in message and message_id is not None:
            self._take_request(message_id, method, message)
        elif isinstance(method, str):
            self._take_notification(method, message)
        elif "method" in message:
            self._answer_error(message_id, LspError("a method is a text", ErrorCode.INVALID_REQUEST))
        elif message_id is not None:
            self._take_response(message_id, message)

    def _take_request(self, message_id: MessageId, method: str, message: dict[str, Any]) -> None:
        try:
            self._check_state(method)
            if message_id in self._request_futures:
                raise LspError(f"a request with the id {message_id!r} is at work", ErrorCode.INVALID_REQUEST)
            if method not in self.fm.features and method not in self.fm.builtin_features:
                raise LspError(f"no method {method}", ErrorCode.METHOD_NOT_FOUND)
            params = self._params(method, message)
        except LspError as error:
            self._answer_error(message_id, error)
            return
        if method == types.INITIALIZE:
            self._initialized = True
        contextvars.copy_context().run(self._handle_request, message_id, method, params)

    def _take_notification(self, method: str, message: dict[str, Any]) -> None:
        if method == types.EXIT:
            self.on_exit(0 if self._shutdown else 1)
            return
        if not self._initialized or self._shutdown:
            return
        try:
            params = self._params(method, message)
        except LspError as error:
            _LOG.warning("%s is ignored: %s", method, error)
            return
        contextvars.copy_context().run(self._handle_notification, method, params)

    def _check_state(self, method: str) -> None:
        if self._shutdown:
            raise LspError("the server is shutting down", ErrorCode.INVALID_REQUEST)
        if method == types.INITIALIZE and self._initialized:
            raise LspError("initialize may be sent once only", ErrorCode.INVALID_REQUEST)
        if method != types.INITIALIZE and not self._initialized:
            raise LspError("the server waits for initialize", ErrorCode.NOT_INITIALIZED)

    def _params(self, method: str, message: dict[str, Any]) -> Any:  # noqa: ANN401 - of any method
        """Return a message's parameters in the type of its method.

        :raises LspError: if they do not fit.
        """
        own = self.own_params.get(method)
        try:
            if own is not None:
                return decode(own, message.get("params"))
            if self.get_message_type(method) is None:
                return message.get("params")
            return self.structure_message(message).params
        except WireError as error:
            raise LspError(str(error), ErrorCode.INVALID_PARAMS) from error
        except (JsonRpcException, RecursionError) as error:
            raise LspError(f"the parameters of {method} do not fit", ErrorCode.INVALID_PARAMS) from error

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - a message of any type
        """Make a message of the protocol's types; what does not fit is an error without a traceback in the log."""
        message_type = self.get_message_type(data["method"])
        try:
            return self._converter.structure(data, cast(type, message_type))
        except Exception as error:
            raise JsonRpcException(str(error)) from error

    def _handle_notification(self, method_name: str, params: Any) -> None:  # noqa: ANN401
        if method_name.startswith("$/") and method_name not in (types.CANCEL_REQUEST, types.SET_TRACE):
            return
        super()._handle_notification(method_name, params)

    def _handle_cancel_notification(self, msg_id: MessageId) -> None:
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.cancel()

    # Answers that go out

    def _send_handler_result(self, future: "Future[Any]", *, msg_id: MessageId) -> None:
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self._answer_error(msg_id, LspError("cancelled", ErrorCode.CANCELLED))
            return
        error = future.exception()
        if error is not None:
            self._answer_error(msg_id, as_error(error))
            return
        self._post({"jsonrpc": self.VERSION, "id": msg_id, "result": self.plain(future.result())})

    def _check_handler_result(self, future: "Future[Any]") -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            _LOG.error("a notification could not be handled", exc_info=error)

    def _answer_error(self, message_id: MessageId | None, error: LspError) -> None:
        body = {"code": int(error.code), "message": str(error)}
        if error.data is not None:
            body["data"] = error.data
        self._post({"jsonrpc": self.VERSION, "id": message_id, "error": body})

    def plain(self, value: Any) -> Any:  # noqa: ANN401 - anything that a handler returns
        """Return what stands for a value in JSON."""
        if is_dataclass(value):
            return encode(value)
        if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
            return [self.plain(item) for item in value]
        return self._converter.unstructure(value)

    def _post(self, message: dict[str, Any]) -> None:
        if self._out is not None:
            self._out.write(framed(json.dumps(message, separators=(",", ":")).encode("ascii")))

    # Messages of the server's own

    def notify(self, method: str, params: Any | None = None) -> None:  # noqa: ANN401
        """Send a notification."""
        message = {"jsonrpc": self.VERSION, "method": method}
        if params is not None:
            message["params"] = self.plain(params)
        self._post(message)

    def send_request(
        self,
        method: str,
        params: Any | None = None,  # noqa: ANN401
        callback: Callable[[Any], None] | None = None,
        msg_id: MessageId | None = None,
    ) -> "Future[Any]":
        """Send a request; the future has its result, in the type of its method."""
        self._sent += 1
        message_id = msg_id if msg_id is not None else f"assist-{self._sent}"
        future: Future[Any] = Future()
        if callback is not None:
            future.add_done_callback(lambda done: callback(done.result()))
        self._outgoing[message_id] = future, method
        message = {"jsonrpc": self.VERSION, "id": message_id, "method": method}
        if params is not None:
            message["params"] = self.plain(params)
        self._post(message)
        return future

    def _take_response(self, message_id: MessageId, message: dict[str, Any]) -> None:
        waiting = self._outgoing.pop(message_id, None)
        if waiting is None:
            _LOG.warning("an answer to no request of ours is ignored")
            return
        future, method = waiting
        if not future.set_running_or_notify_cancel():
            return
        if "error" in message:
            error = message["error"] if isinstance(message["error"], dict) else {}
            future.set_exception(
                LspError(str(error.get("message", "refused by the client")), ErrorCode.FAILED)
            )
            return
        result_type = self.get_result_type(method)
        try:
            result = message.get("result")
            if result_type is not None:
                result = self._converter.structure({**message, "result": result}, result_type).result
        except Exception as error:
            future.set_exception(
                LspError(f"the client's answer to {method} does not fit: {error}", ErrorCode.FAILED)
            )
            return
        future.set_result(result)

    def abandon_requests(self) -> None:
        """Give up waiting for the client's answers."""
        for future, _ in self._outgoing.values():
            future.cancel()
        self._outgoing.clear()

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: object) -> Generator[Any, Any, None]:
        """End the session, then what is still asked for; pygls would stumble over answers that come meanwhile."""
        yield self.fm.features[types.SHUTDOWN], args, None
        current = self.msg_id
        for message_id, future in tuple(self._request_futures.items()):
            if message_id != current:
                future.cancel()
        self._shutdown = True

    # Documents: pygls keeps texts of its own unless it is kept from it

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Hand a document over."""
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Hand edits over."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Say that a document is gone."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    @lsp_method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(
        self, params: types.DidChangeWorkspaceFoldersParams
    ) -> None:
        """Hand a change of the folders over."""
        self.fm.features[types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS](params)

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> None:
        """Hand the user's wish to stop over."""
        self.fm.features[types.WINDOW_WORK_DONE_PROGRESS_CANCEL](params)
