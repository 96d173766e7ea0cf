"""Console blocks: commands after `$ ` with the output that a reader is shown, run in one shell a page and compared.

In shown output `...` stands for anything: a duration, a token, lines that were left out.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_DONE = "--- done "


@dataclass(frozen=True)
class Step:
    """One command and the output shown under it."""

    command: str
    shown: str


def steps(text: str) -> Iterator[Step]:
    """The commands of a console block; a line that ends with a backslash goes on in the next."""
    command: list[str] = []
    shown: list[str] = []
    for line in text.splitlines():
        if command and command[-1].endswith("\\"):
            command.append(line)
        elif line.startswith("$ "):
            if command:
                yield Step("\n".join(command), "\n".join(shown))
            command, shown = [line[2:]], []
        else:
            shown.append(line)
    if command:
        yield Step("\n".join(command), "\n".join(shown))


def matches(shown: str, printed: str) -> bool:
    """Whether what a command printed is what the page shows."""
    pattern = re.escape(_trimmed(shown)).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, _trimmed(printed), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


class Shell:
    """A bash that keeps its variables from one command to the next; stderr comes with stdout, as on a terminal."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A server that the page started ends with it, also where the page fails.
        self._bash.communicate("kill $(jobs -p) 2>/dev/null\n")

    def run(self, command: str) -> tuple[str, int]:
        """What the command prints, and its exit code."""
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        # Its own stdin is empty: a command that reads would eat those after it.
        self._bash.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n{_DONE}%d\\n' $?\n")
        self._bash.stdin.flush()
        printed: list[str] = []
        for line in self._bash.stdout:
            if line.startswith(_DONE):
                return "".join(printed).removesuffix("\n"), int(line.removeprefix(_DONE))
            printed.append(line)
        raise AssertionError(f"the shell ended in: {command}\n{''.join(printed)}")
