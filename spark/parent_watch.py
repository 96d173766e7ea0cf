"""Ends a job with the process that started it, however that ended: after a SIGKILL nobody is left to stop the job."""

import os
import signal
import threading


def end_with_stdin() -> None:
    """End this process, and the JVM that it starts, as soon as its standard input ends, which its parent holds open."""
    threading.Thread(target=_wait, name="parent watch", daemon=True).start()


def _wait() -> None:
    # Not sys.stdin: a thread that holds its lock makes the interpreter's own end fail.
    while os.read(0, 1):
        pass
    if os.getpgrp() == os.getpid():
        # The parent gave us a group of our own, and the JVM is in it.
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
