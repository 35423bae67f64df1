"""The command `attractor`."""

import signal
import sys

from attractor._attractor import command


def main() -> None:
    """Does what the command line says."""
    # The command listens itself; what whoever began it wants ignored stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    name, *words = sys.argv
    sys.exit(command(["attractor" if name.endswith("__main__.py") else name, *words]))


if __name__ == "__main__":
    main()
