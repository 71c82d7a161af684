"""Following files outside the editor: by the client's watchers where it has them, by the system's otherwise.

What is ignored costs nothing: it is dropped before anything is scheduled. The list of it is made in a thread, once
when a folder is added and again when changes turn out to have had nothing to do with the index.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from lsprotocol import types

from lsp.client import Client
from lsp.indexing.process import UpdateDone
from lsp.indexing.scheduler import IndexScheduler
from lsp.protocol.status import Health
from lsp.rpc import AssistProtocol
from lsp.status import StatusReporter
from lsp.tasks import CancelToken, Tasks
from lsp.uris import path_of
from lsp.workspaces import Folder, Workspaces

if TYPE_CHECKING:
    from indexer.discovery.changes import RelevantChanges

_LOG = logging.getLogger(__name__)

_REGISTRATION = "assist/files"
_DEBOUNCE_MS = 400
_WAKE_MS = 1_000
_RELIST_AFTER_S = 10.0
_CONFIGURATION = frozenset({".gitignore", ".assistignore", "assist.toml", ".gitattributes"})
"""Files that decide what is indexed."""


class FileWatcher:
    """Follows the files of the open folders. Belongs to the event loop."""

    def __init__(
        self,
        protocol: AssistProtocol,
        tasks: Tasks,
        workspaces: Workspaces,
        scheduler: IndexScheduler,
        status: StatusReporter,
        list_ignored: Callable[[Path], Iterable[str]],
    ) -> None:
        """Prepare to follow.

        :param list_ignored: returns what is ignored below a root; called in a thread.
        """
        self._protocol = protocol
        self._tasks = tasks
        self._workspaces = workspaces
        self._scheduler = scheduler
        self._status = status
        self._list_ignored = list_ignored
        self._relevant: dict[Path, RelevantChanges] = {}
        self._listed_s: dict[Path, float] = {}
        self._by_client = False
        self._stop: Event | None = None
        scheduler.on_updated(self._relist_if_idle)

    @property
    def followed_by(self) -> str:
        """Who tells of changes: ``client``, ``server`` or ``nobody``."""
        if self._by_client:
            return "client"
        return "server" if self._stop is not None else "nobody"

    async def start(self, client: Client, *, is_wanted: bool) -> None:
        """Follow the folders as they are now, or no more. Called again when folders or settings change."""
        for folder in self._workspaces.folders:
            self._tasks.start(self._relist(folder.root), "list of ignored files")
        self._end_following()
        if self._by_client:
            self._by_client = False
            await self._unregister()
        if not is_wanted or not self._workspaces.folders:
            return
        if client.registers_watchers and await self._register(client):
            self._by_client = True
        else:
            self._follow()

    def changed(self, uris: Iterable[str]) -> None:
        """Take changes in that the client tells of."""
        self._take(str(path) for uri in uris if (path := path_of(uri)) is not None)

    def close(self) -> None:
        """Follow no more."""
        self._end_following()

    def _take(self, paths: Iterable[str]) -> None:
        paths = list(paths)
        for folder in self._workspaces.folders:
            relevant = self._relevant.get(folder.root)
            if relevant is None:  # not known yet what matters
                self._scheduler.changed(folder.root)
                continue
            names = [name for path in paths if (name := self._relative(folder, relevant, path)) is not None]
            if any(name.rpartition("/")[2] in _CONFIGURATION for name in names):
                self._listed_s.pop(folder.root, None)
                self._tasks.start(self._relist(folder.root), "list of ignored files")
            if names:
                self._scheduler.changed(folder.root)

    @staticmethod
    def _relative(folder: Folder, relevant: "RelevantChanges", path: str) -> str | None:
        found = relevant.relative(path)
        if found is None and folder.path != folder.root and Path(path).is_relative_to(folder.path):
            return relevant.relative(str(folder.root / Path(path).relative_to(folder.path)))
        return found

    async def _relist(self, root: Path) -> None:
        now = asyncio.get_running_loop().time()
        if root in self._listed_s and now - self._listed_s[root] < _RELIST_AFTER_S:
            return
        self._listed_s[root] = now

        def work(_: CancelToken) -> "RelevantChanges":
            from indexer.discovery.changes import RelevantChanges

            return RelevantChanges(root, self._list_ignored(root))

        self._relevant[root] = await self._tasks.in_thread(work)

    def _relist_if_idle(self, root: Path, done: UpdateDone) -> None:
        if not done.wrote:
            self._tasks.start(self._relist(root), "list of ignored files")

    # The client's watchers

    async def _register(self, client: Client) -> bool:
        watchers = [
            _watcher(folder, relative=client.relative_patterns) for folder in self._workspaces.folders
        ]
        options = types.DidChangeWatchedFilesRegistrationOptions(
            watchers=watchers[: None if client.relative_patterns else 1]
        )
        registration = types.Registration(
            id=_REGISTRATION, method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES, register_options=options
        )
        params = types.RegistrationParams(registrations=[registration])
        try:
            request = self._protocol.send_request(types.CLIENT_REGISTER_CAPABILITY, params)
            await asyncio.wait_for(asyncio.wrap_future(request), 5.0)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            _LOG.info("the client follows no files (%s); the server does", type(error).__name__)
            return False
        return True

    async def _unregister(self) -> None:
        gone = types.Unregistration(id=_REGISTRATION, method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
        self._protocol.send_request(
            types.CLIENT_UNREGISTER_CAPABILITY, types.UnregistrationParams(unregisterations=[gone])
        )

    # The system's

    def _follow(self) -> None:
        self._stop = Event()
        loop = asyncio.get_running_loop()
        arguments = (self._workspaces.roots, self._stop, loop)
        Thread(target=self._followed, args=arguments, name="following files", daemon=True).start()

    def _end_following(self) -> None:
        if self._stop is not None:
            self._stop.set()
        self._stop = None

    def _followed(self, roots: tuple[Path, ...], stop: Event, loop: asyncio.AbstractEventLoop) -> None:
        """Follow folders, in a thread: to begin takes long where there are many."""
        from watchfiles import watch

        try:
            for events in watch(
                *roots,
                watch_filter=lambda _, path: self._may_matter(path),
                debounce=_DEBOUNCE_MS,
                rust_timeout=_WAKE_MS,
                stop_event=stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                _on_loop(loop, self._take, [path for _, path in events])
        except (OSError, RuntimeError) as error:
            _on_loop(loop, self._not_followed, str(error))

    def _not_followed(self, problem: str) -> None:
        message = (
            f"files cannot be followed ({problem}); the index is updated when a file is saved. "
            "On Linux raise fs.inotify.max_user_watches, or set WATCHFILES_FORCE_POLLING=1"
        )
        self._status.problem("watching", Health.WARNING, message)
        _LOG.warning("%s", message)

    def _may_matter(self, path: str) -> bool:
        known = tuple(self._relevant.values())
        return not known or any(relevant.relative(path) is not None for relevant in known)


def _on_loop(loop: asyncio.AbstractEventLoop, function: Callable[..., None], argument: object) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(function, argument)


def _watcher(folder: Folder, *, relative: bool) -> types.FileSystemWatcher:
    if relative:
        pattern = types.RelativePattern(base_uri=folder.uri, pattern="**/*")
        return types.FileSystemWatcher(glob_pattern=pattern)
    return types.FileSystemWatcher(glob_pattern="**/*")
