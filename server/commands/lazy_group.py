"""A group of commands that is imported on first use. Until then it is a name and a line of help."""

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand

from server.commands.typer_internals import Command, Context


class LazyGroup(TyperCommand):
    """A placeholder for the Typer app at `where`, "module:name"; it imports the app when called."""

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
        """The commands of the group; imports the group."""
        commands: Mapping[str, Command] = self._found.commands
        return commands

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: Any
    ) -> Context:
        """The context of the imported group, which then parses, completes and runs as usual."""
        context: Context = self._found.make_context(info_name, args, parent, **extra)
        return context
