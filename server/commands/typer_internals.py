"""Private parts of Typer's bundled Click; checked against Typer 0.29.

Typer re-exports `BadParameter`, for one parameter, but not `UsageError`, for a whole command, nor the classes that a
lazily imported group has to override.
"""

from typer._click import Command, Context
from typer._click.exceptions import UsageError

__all__ = ["Command", "Context", "UsageError"]
