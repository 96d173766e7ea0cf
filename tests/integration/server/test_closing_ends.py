"""A process that can't close, because something does not answer, ends all the same."""

import subprocess
import sys

CLOSING_FOR_EVER = """
import threading
from server.shutdown import end_within
end_within(0.2)
threading.Event().wait()
"""


def test_closing_is_broken_off_at_its_limit() -> None:
    ended = subprocess.run([sys.executable, "-c", CLOSING_FOR_EVER], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Closing took longer than 0 s, and was aborted. What was acknowledged is stored." in ended.stderr


def test_what_closes_in_time_is_left_alone() -> None:
    closing_at_once = CLOSING_FOR_EVER.replace("0.2", "600").replace("threading.Event().wait()", "")
    assert subprocess.run([sys.executable, "-c", closing_at_once], check=False).returncode == 0
