"""Makes the archive of a small warehouse in the present schema: `python -m tests.integration.warehouse.released.make`.

Run it when a version is released, and commit what it makes; what is there is never made again.
"""

import tarfile
import tempfile
from pathlib import Path

from tests.integration.warehouse.forgettable import ID, settle
from tests.integration.warehouse.modes import embedded
from warehouse.tables.migrate import known

HERE = Path(__file__).parent


def main() -> None:
    """Make it, unless it is there."""
    archive = HERE / f"schema-{known()[-1].number:04}.tar.xz"
    with tempfile.TemporaryDirectory() as folder:
        with embedded(Path(folder)) as warehouse:
            settle(warehouse)
            warehouse.undo(max(load for (load,) in warehouse.engine.query("SELECT load_id FROM ratings").rows))
            warehouse.forget(ID, "a release")
        with tarfile.open(archive, "x:xz") as packed:
            packed.add(Path(folder) / "warehouse", "warehouse")


if __name__ == "__main__":
    main()
