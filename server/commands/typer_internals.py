"""Private parts of Typer's bundled Click; checked against Typer 0.29.

Typer re-exports `BadParameter`, for one parameter, but not `UsageError`, for a whole command, nor the classes that a
lazily imported group and a command's completion have to override.
"""

from typer._click import Command, Context
from typer._click.exceptions import UsageError
from typer._click.shell_completion import CompletionItem

__all__ = ["Command", "CompletionItem", "Context", "UsageError"]
