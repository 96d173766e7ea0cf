"""A group of commands that is imported when one of them is asked for: until then it is a name and a line of help."""

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand

from server.typer_internals import Command, Context


class LazyGroup(TyperCommand):
    """Stands in the root's list for the Typer app at `where`, "module:name", and hands over to it when it is called."""

    def __init__(self, name: str, where: str, help: str) -> None:
        super().__init__(name, help=help)
        self._where = where

    @cached_property
    def _found(self) -> Any:
        module, _, name = self._where.partition(":")
        root = typer.Typer()
        root.add_typer(getattr(import_module(module), name), name=self.name, help=self.help)
        return typer.main.get_group(root).commands[str(self.name)]

    @property
    def commands(self) -> Mapping[str, Command]:
        """The commands of the group, which is imported for it."""
        commands: Mapping[str, Command] = self._found.commands
        return commands

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: Any
    ) -> Context:
        """The context of the group itself: from here on it is parsed, completed and run as if it had stood here."""
        context: Context = self._found.make_context(info_name, args, parent, **extra)
        return context
