"""How commands end: the exit codes of all of them."""

from warehouse.errors import BadInput

DONE = 0
# The data, the server or the machine refused it, and one sentence says why.
FAILED = 1
# The command line can't be read: a command, an option or a value that does not exist, or two that exclude each other.
WRONG_USAGE = 2
INTERRUPTED = 130
# Nobody reads the output any more: `| head` has seen enough.
OUTPUT_CLOSED = 141


class WrongUsage(BadInput):
    """Options of the command line that can't be; the command ends with WRONG_USAGE."""
