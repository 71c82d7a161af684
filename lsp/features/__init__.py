"""What a client can ask for: a module each, with ``register(server)``, listed in ``lsp.server``."""
