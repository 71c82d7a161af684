"""The language server. Only this package may import lsprotocol; it is built by a later change."""
