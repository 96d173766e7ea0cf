"""The parts of Click that Typer carries and names nowhere in public; checked against Typer 0.29.

Typer re-exports `BadParameter`, which is about one parameter, but not `UsageError`, which is about a whole command; nor
what a group has to override to import its commands late.
"""

from typer._click import Command, Context
from typer._click.exceptions import UsageError

__all__ = ["Command", "Context", "UsageError"]
