"""How long work tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then: `done` of `total` of a `stage`, in whatever the stage counts."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note."""


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
