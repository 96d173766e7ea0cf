"""What the shell completes for loads: tables, and profiles, those in `profiles/` and those that are shipped."""

from importlib.resources import files
from pathlib import Path

from warehouse.model.tables import TABLES


def complete_table(incomplete: str) -> list[str]:
    """Tables that begin so."""
    return [table for table in TABLES if table.startswith(incomplete)]


def complete_profile(incomplete: str) -> list[str]:
    """Names of profiles that begin so."""
    shipped = Path(str(files("ingest"))) / "profiles"
    names = {path.stem for folder in (Path("profiles"), shipped) for path in folder.glob("*.toml")}
    return sorted(name for name in names if name.startswith(incomplete))
