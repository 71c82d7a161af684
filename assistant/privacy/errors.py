"""Why something was not sent, as one tree. Each message says what is wrong and what to do.

::

    AssistError
    └── PrivacyError
        ├── OfflineError        the user asked for no network at all
        ├── ConsentError        nobody has agreed to send anything to this host
        ├── EgressRefusedError  the address, the body or its size is not what the user's settings allow
        └── PageError           a page that the user named cannot be had or is no text
"""

from assistant.errors import AssistError


class PrivacyError(AssistError):
    """Base of every refusal to send."""


class OfflineError(PrivacyError):
    """The user asked for no network at all."""


class ConsentError(PrivacyError):
    """Nobody has agreed to send anything to this host."""


class EgressRefusedError(PrivacyError):
    """The address, the body or its size is not what the user's settings allow."""


class PageError(PrivacyError):
    """A page that the user named cannot be had or is no text."""
