"""What can go wrong between a question and a model server, as one tree.

::

    AssistError
    └── BackendError                what happened and what to do, in one line
        ├── BackendConfigError      the configuration names something that cannot be used
        ├── KeyUnavailableError     the key's source holds no usable key
        ├── AuthenticationError     401, 403: the key was refused
        ├── QuotaError              402, or the account's allowance is used up
        ├── RateLimitedError        429 or overloaded; worth another try
        ├── ModelNotFoundError      the server has no such model
        ├── ContextTooLongError     prompt and answer do not fit the model's context window
        ├── UnsupportedError        the server does not offer this (fill-in-the-middle, text completion, the address)
        ├── RequestRefusedError     any other 4xx
        ├── CertificateError        TLS: one side does not trust the other's certificate
        ├── ProxyFailedError        the proxy refused or is not there
        ├── ServerDownError         no connection, 5xx, or a connection lost; worth another try
        ├── BackendTimeoutError     no connection or no further data in time
        └── ProtocolError           the answer is not what this dialect says

No message, and no exception chained to one, holds a key, a credential or the query of an address.
"""

from assistant.errors import AssistError


class BackendError(AssistError):
    """Base of everything a backend raises.

    :param message: one line for the user.
    :param status: the HTTP status, if there was one.
    :param retry_after_s: how long the server asked to wait.
    :param retryable: whether the same request may succeed a little later.
    :param server_words: what the server said about it, as it said it; for decisions, not to be shown.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        retryable: bool = False,
        server_words: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s
        self.retryable = retryable
        self.server_words = server_words


class BackendConfigError(BackendError):
    """The configuration names something that cannot be used: a missing CA bundle, a kind that no one provides."""


class KeyUnavailableError(BackendError):
    """The key's source holds no usable key: an unset variable, a file that others can read."""


class AuthenticationError(BackendError):
    """The server refused the key, or asks for one."""


class QuotaError(BackendError):
    """The account behind the key has nothing left."""


class RateLimitedError(BackendError):
    """Too many requests, or the server is overloaded."""


class ModelNotFoundError(BackendError):
    """The server has no model of that name."""


class ContextTooLongError(BackendError):
    """Prompt and answer do not fit the model's context window."""


class UnsupportedError(BackendError):
    """The server does not offer what was asked for."""


class RequestRefusedError(BackendError):
    """The server refused the request for another reason."""


class CertificateError(BackendError):
    """TLS: one side does not trust the other's certificate."""


class ProxyFailedError(BackendError):
    """The proxy refused the connection or cannot be reached."""


class ServerDownError(BackendError):
    """The server cannot be reached, fails, or dropped the connection."""


class BackendTimeoutError(BackendError):
    """Nothing came in time."""


class ProtocolError(BackendError):
    """The answer is not what the dialect says; often the address is not that of a model server."""
