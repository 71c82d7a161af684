"""The addresses by which projects are recognised: a package and its repository, a repository and its forks.

Only those of public forges count: there owner and name say what the project is, whatever the protocol.
"""

import re

_FORGES = "github.com gitlab.com bitbucket.org codeberg.org git.sr.ht gitee.com"
_ADDRESS = re.compile(
    rf"(?:^|[/@])(?:www\.)?({'|'.join(map(re.escape, _FORGES.split()))})[/:]+~?([\w.-]+)/([\w.-]+)",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?:(github|gitlab|bitbucket):)?([\w-][\w.-]*)/([\w.-]+)(?:#.*)?")
_HOSTS = {"": "github.com", "github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_NO_OWNERS = frozenset({"sponsors", "orgs", "users", "apps", "features", "topics"})


def repository_of(address: str) -> str:
    """Return ``host/owner/name`` in small letters for an address of a repository; empty if it is none.

    >>> repository_of("git+ssh://git@github.com/Owner/Name.git#main")
    'github.com/owner/name'
    """
    match = _ADDRESS.search(address.strip())
    if match is None or match[2].lower() in _NO_OWNERS:
        return ""
    return _join(match[1], match[2], match[3])


def repository_of_short(address: str) -> str:
    """Return the same for what npm also takes: ``owner/name``, ``gitlab:owner/name``."""
    match = _SHORT.fullmatch(address.strip())
    return _join(_HOSTS[match[1] or ""], match[2], match[3]) if match else repository_of(address)


def _join(host: str, owner: str, name: str) -> str:
    return f"{host}/{owner}/{name.removesuffix('.git')}".lower()
