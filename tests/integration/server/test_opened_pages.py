"""A page that signs in is opened by a file that its owner alone can read, and that is gone soon after."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

LINK = "http://127.0.0.1:8000/explore?a=1&b=2#link=secret.of.once"
BROWSER = """#!/bin/sh
printf '%s' "$*" > "$SEEN/arguments"
path="${1#file://}"
stat -c %a "$path" > "$SEEN/mode"
cp "$path" "$SEEN/page.html"
"""
OPEN = "import sys; from server.commands.browser import open_page; open_page(sys.stdin.read(), 0.5)"


def test_no_link_is_among_the_arguments_of_a_browser(tmp_path: Path) -> None:
    browser, runtime = tmp_path / "browser", tmp_path / "runtime"
    browser.write_text(BROWSER)
    browser.chmod(0o700)
    runtime.mkdir(mode=0o700)
    places = {"BROWSER": f"{browser} %s", "SEEN": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}
    subprocess.run(
        [sys.executable, "-c", OPEN],
        input=LINK,
        env={**os.environ, "PYTHONPATH": str(ROOT), **places},
        text=True,
        check=True,
        timeout=60,
    )
    arguments = (tmp_path / "arguments").read_text()
    assert arguments.startswith(f"file://{runtime}/marquee-{os.geteuid()}/open-")
    assert "secret" not in arguments
    assert (tmp_path / "mode").read_text() == "600\n"
    page = (tmp_path / "page.html").read_text()
    assert 'content="0; url=http://127.0.0.1:8000/explore?a=1&amp;b=2#link=secret.of.once"' in page
    assert [one for one in runtime.rglob("*") if one.is_file()] == [], "the file stayed"
