"""Finds model servers that run on this machine: short probes of the usual ports, all at once, loopback only."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from assistant.backends.addresses import below, is_loopback
from assistant.backends.config import BackendConfig

DEADLINE_S = 0.3
_MAX_LIST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a server may listen."""

    label: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that was found; ``kind`` and ``url`` are what a ``[backends.NAME]`` table needs."""

    label: str
    """What it is, as it says itself where it does."""
    kind: str
    url: str
    models: tuple[str, ...]


def candidates(environ: Mapping[str, str]) -> tuple[Candidate, ...]:
    """Return where servers listen unless told otherwise.

    :param environ: ``OLLAMA_HOST`` moves Ollama; an address off this machine is left out.
    """
    found = (
        Candidate("Ollama", "ollama", _ollama_url(environ.get("OLLAMA_HOST", ""))),
        Candidate("llama.cpp", "openai", "http://127.0.0.1:8080/v1"),
        Candidate("LM Studio", "openai", "http://127.0.0.1:1234/v1"),
        Candidate("vLLM", "openai", "http://127.0.0.1:8000/v1"),
    )
    return tuple(candidate for candidate in found if is_loopback(candidate.url))


def _ollama_url(host: str) -> str:
    text = host.strip() or "127.0.0.1"
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port or (
            11434 if "://" not in text else {"http": 80, "https": 443}.get(parts.scheme, 11434)
        )
        name = parts.hostname or "127.0.0.1"
    except ValueError:
        return "http://127.0.0.1:11434"
    # It listens on every address; it is reached on this one.
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)
    return f"{parts.scheme}://{f'[{name}]' if ':' in name else name}:{port}"


async def discover(
    places: Sequence[Candidate],
    client_factory: Callable[[BackendConfig], httpx.AsyncClient],
    deadline_s: float = DEADLINE_S,
) -> list[LocalServer]:
    """Ask all places at once, without keys or proxies; what does not answer in time is not there.

    :param places: those not on this machine are passed over.
    :return: in the order of ``places``.
    """
    local = [place for place in places if is_loopback(place.url)]
    answers = await asyncio.gather(*(_ask(place, client_factory, deadline_s) for place in local))
    return [answer for answer in answers if answer is not None]


async def _ask(
    place: Candidate, client_factory: Callable[[BackendConfig], httpx.AsyncClient], deadline_s: float
) -> LocalServer | None:
    config = BackendConfig(place.label, place.kind, place.url, "", proxy="none")
    try:
        async with client_factory(config) as client, asyncio.timeout(deadline_s):
            response = await client.get(below(place.url, "api/tags" if place.kind == "ollama" else "models"))
            if response.status_code != 200 or len(response.content) > _MAX_LIST_BYTES:
                return None
            return _server(place, response.json())
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None


def _server(place: Candidate, data: Any) -> LocalServer | None:  # noqa: ANN401 - whatever JSON came
    entries = data.get("models" if place.kind == "ollama" else "data") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        return None
    rows = [entry for entry in entries if isinstance(entry, dict)]
    names = [row.get("name" if place.kind == "ollama" else "id") for row in rows]
    owners = {row.get("owned_by") for row in rows}
    label = "llama.cpp" if "llamacpp" in owners else "vLLM" if "vllm" in owners else place.label
    return LocalServer(label, place.kind, place.url, tuple(name for name in names if isinstance(name, str)))
