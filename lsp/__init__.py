"""The language server, ``assist lsp``: what editors talk to.

Only this package knows the language server protocol. ``server`` puts it together, ``session`` is what requests work
with, ``features`` has a module for each thing that a client can ask for, ``protocol`` declares the methods that are
assist's own, ``text`` keeps the documents that are open, ``indexing`` keeps the indexes up to date in a process
beside this one.
"""
