"""The command line: one thin module a command, loaded when it is called.

Exit codes: 0 done, 1 nothing found or something to act on, 2 used wrongly, 3 failed, 130 interrupted.
"""

import os
import sys

__all__ = ["main"]

# One thread of linear algebra: matrices here are small, and idle helper threads only burn the other core. Must be set
# before numpy is imported; workers inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run ``assist`` with the arguments of the process, and end the process."""
    try:
        for stream in (sys.stdout, sys.stderr):
            # What a terminal cannot show (another encoding, a path that is no UTF-8) is escaped, never an error.
            if reconfigure := getattr(stream, "reconfigure", None):
                reconfigure(errors="backslashreplace")
        from assistant.cli.main import run

        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe went away (``| head``): say nothing, as other tools do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = 130
    sys.exit(code)
