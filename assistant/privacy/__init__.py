"""What may leave the machine: one gate, ignore rules, redaction, consent, an audit log, trust.

:class:`EgressGate` is the seam: ``prepare`` what is to be sent, ``client`` to send it with.
What needs httpx is imported when it is first used: looking at the log does without it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.privacy.audit import AuditLog
    from assistant.privacy.content import FileOrigin, LeftOut, Manifest, Part, Prepared, Prompt, Typed
    from assistant.privacy.errors import ConsentError, EgressRefusedError, OfflineError, PrivacyError
    from assistant.privacy.gate import EgressGate
    from assistant.privacy.pages import PageFetcher
    from assistant.privacy.redaction import redact
    from assistant.privacy.settings import PrivacySettings, is_offline, parse_privacy, state_folder
    from assistant.privacy.trust import TrustStore, repository_privacy

__all__ = [
    "AuditLog",
    "ConsentError",
    "EgressGate",
    "EgressRefusedError",
    "FileOrigin",
    "LeftOut",
    "Manifest",
    "OfflineError",
    "PageFetcher",
    "Part",
    "Prepared",
    "PrivacyError",
    "PrivacySettings",
    "Prompt",
    "TrustStore",
    "Typed",
    "is_offline",
    "parse_privacy",
    "redact",
    "repository_privacy",
    "state_folder",
]

_MODULES = {
    "audit": ("AuditLog",),
    "content": ("FileOrigin", "LeftOut", "Manifest", "Part", "Prepared", "Prompt", "Typed"),
    "errors": ("ConsentError", "EgressRefusedError", "OfflineError", "PrivacyError"),
    "gate": ("EgressGate",),
    "pages": ("PageFetcher",),
    "redaction": ("redact",),
    "settings": ("PrivacySettings", "is_offline", "parse_privacy", "state_folder"),
    "trust": ("TrustStore", "repository_privacy"),
}
_LATER = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
