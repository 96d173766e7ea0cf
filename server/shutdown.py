"""The end of a process: within its limit, also when what it waits for does not answer."""

import logging
import os
import threading

LOG = logging.getLogger("marquee.server")


def end_within(seconds: float) -> None:
    """End this process after a time, if it has not ended by itself."""

    def end() -> None:
        LOG.error("Closing took longer than %d s, and was aborted. What was acknowledged is stored.", seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
