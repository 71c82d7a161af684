"""Finding secrets in text: by their form, by the name they are given to, by the block they stand in."""

from assistant.privacy.detection.assignments import find_assignments
from assistant.privacy.detection.blocks import find_blocks, find_key_blocks
from assistant.privacy.detection.findings import Finding, merged
from assistant.privacy.detection.patterns import find_patterns


def find_secrets(text: str, path: str | None = None) -> list[Finding]:
    """Return the secrets in a text, in order, without overlaps.

    :param path: of the file that the text is from; in a settings file a bare value is a literal.
    """
    return merged([*find_blocks(text), *find_patterns(text), *find_assignments(text, path)])


__all__ = ["Finding", "find_key_blocks", "find_secrets"]
