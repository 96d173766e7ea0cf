"""The demo opens a browser only where somebody sits at a terminal with a screen."""

import sys

import pytest

from server.commands.browser import has_screen


@pytest.mark.parametrize(
    ("is_terminal", "variables", "expected"),
    [
        (True, {"DISPLAY": ":0"}, True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        # Over SSH or in a container, a browser of the terminal would take it over.
        (True, {}, False),
        (False, {"DISPLAY": ":0"}, False),
    ],
)
def test_a_page_opens_for_a_person_with_a_screen(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, variables: dict[str, str], expected: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_screen() is expected
