"""The part of the build that `pyproject.toml` can't express: puts the client's pages and operations into the wheel."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CLIENT = Path("client")
# `server/client_files.py` looks for them there.
INSIDE = Path("server", "static")
FOLDERS = ("dist", "operations")


class BuildWithClient(build_py):
    """Copies the client next to the modules. An editable install uses the checkout's files instead."""

    def run(self) -> None:
        """Raises: SystemExit if the client is not built, because the wheel would lack its pages."""
        super().run()
        if self.editable_mode:
            return
        if not (CLIENT / "dist" / "index.html").is_file():
            raise SystemExit("The client is not built, so the wheel would have no pages. Run: make dist")
        for source, target in self._client_files():
            self.mkpath(str(target.parent))
            self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """The build's output files, including the client's."""
        copied = [] if self.editable_mode else [str(target) for _, target in self._client_files()]
        return [*super().get_outputs(include_bytecode), *copied]

    def _client_files(self) -> list[tuple[Path, Path]]:
        return [
            (path, Path(self.build_lib) / INSIDE / path.relative_to(CLIENT))
            for folder in FOLDERS
            for path in sorted((CLIENT / folder).rglob("*"))
            if path.is_file() and ".stamps" not in path.parts
        ]


setup(cmdclass={"build_py": BuildWithClient})
