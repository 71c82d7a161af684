"""Lexical side of the index: code-aware tokens and the tantivy store."""
