"""Language models: ``assist/models``."""

from dataclasses import dataclass

from lsp.protocol.method import Method
from lsp.schema import described


@dataclass(frozen=True, slots=True)
class ModelsParams:
    """What is to be told."""

    discover: bool = described("Also look for servers that run on this machine; takes up to a second.", False)


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """A backend of config.toml."""

    name: str = described("Its name.")
    kind: str = described("`openai`, `anthropic`, `ollama` or a plug-in's.")
    url: str = described("Its address, without keys.")
    model: str = described("Its model.")
    local: bool = described("Whether it is on this machine.")
    allowed: bool = described("Whether the user has agreed that text is sent there.")


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A model server that runs on this machine."""

    label: str = described("What it is.")
    kind: str = described("As a backend's.")
    url: str = described("Its address.")
    models: tuple[str, ...] = described("What it offers.")


@dataclass(frozen=True, slots=True)
class Models:
    """The models that there are."""

    backends: tuple[BackendInfo, ...] = described("Those of config.toml.")
    found: tuple[FoundServer, ...] = described("Those that were found; empty unless asked for.")
    config_file: str = described("Where backends are configured.")
    offline: bool = described("Whether nothing may be sent.")
    chat: str | None = described("The backend that answers questions; null for the index alone.", None)


MODELS: Method[ModelsParams, Models] = Method(
    "assist/models",
    ModelsParams,
    Models,
    "Tells which language models are configured, which one answers, and which servers run on this machine.",
    ModelsParams(),
    Models(
        (BackendInfo("local", "ollama", "http://127.0.0.1:11434", "qwen2.5-coder:7b", True, True),),
        (),
        "/home/me/.config/assist/config.toml",
        False,
        "local",
    ),
)
METHODS = (MODELS,)
