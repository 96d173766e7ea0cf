"""How long-running work reports its progress."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then with `done` of `total` of a `stage`, in the stage's own unit."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Report progress."""


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
