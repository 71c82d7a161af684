"""Hashes of names, by which definitions are looked up without loading any string."""

from hashlib import blake2b


def name_hash(name: str) -> int:
    """Return the unsigned 64-bit hash of a name, whatever its case."""
    digest = blake2b(name.lower().encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
