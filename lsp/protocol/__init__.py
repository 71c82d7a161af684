"""Methods that are assist's own: each is declared once, here, with types, words and an example.

``docs/protocol.md`` and the TypeScript and Lua types are generated from the declarations by
``scripts/protocol_types.py``; a test compares them. ``declared`` lists them in the order of the document. A feature
imports the module of its own methods only, so that the server starts quickly.
"""
