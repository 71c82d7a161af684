"""``python -m assistant``: the command ``assist``."""

from assistant.cli import main

if __name__ == "__main__":
    main()
