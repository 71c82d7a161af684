"""Which files of a repository are indexed, what each of them says and why the others are left out.

``list_files`` names the candidates without opening them, ``read_source`` reads one and judges its content,
``role_of`` tells from a path whether it is a test, an example, vendored and so on. Nothing here writes to
the repository or runs a program that the repository names.
"""

from indexer.discovery.files import (
    DiscoveryRules,
    FoundFile,
    Listing,
    SkippedFile,
    SkipReason,
    Source,
)
from indexer.discovery.listing import list_files, list_ignored
from indexer.discovery.roles import Role, role_of
from indexer.discovery.source import content_hash_of, judge_bytes, read_bytes, read_source

__all__ = [
    "DiscoveryRules",
    "FoundFile",
    "Listing",
    "Role",
    "SkipReason",
    "SkippedFile",
    "Source",
    "content_hash_of",
    "judge_bytes",
    "list_files",
    "list_ignored",
    "read_bytes",
    "read_source",
    "role_of",
]
