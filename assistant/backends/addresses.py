"""Addresses of model servers: how they are shown, and what is on this machine."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def shown_url(url: str) -> str:
    """Return an address without credentials, query and fragment, for messages and logs."""
    parts = urlsplit(url)
    return SplitResult(parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", "").geturl()


def with_version(url: str) -> str:
    """Return the address of an API; one without a path means ``/v1``, where nearly every server has it."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path.rstrip("/") or "/v1", fragment="").geturl()


def below(url: str, path: str) -> str:
    """Return the address of ``path`` below an API's address; its query is kept."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{path}").geturl()


def server_root(url: str) -> str:
    """Return an API's address without its last ``/v1``: where llama.cpp has what is its own."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path.rstrip("/").removesuffix("/v1")).geturl()


def is_loopback(url: str) -> bool:
    """Return whether an address is on this machine by its form alone; no name is looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
