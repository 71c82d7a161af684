"""Files in, searchable stores out. This package knows no LSP, no HTTP and no prompts."""
