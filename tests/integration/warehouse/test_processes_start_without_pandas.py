"""What the engine's driver may use and we do not costs no process its start."""

import subprocess
import sys
from pathlib import Path

import pytest

WRITES = """
import sys
from warehouse import open_warehouse

with open_warehouse(f"chdb://{sys.argv[1]}") as warehouse:
    assert warehouse.engine.query("SELECT count() > 0 FROM schema_migrations").scalar()
print("pandas" in sys.modules)
"""


@pytest.mark.slow
def test_a_process_that_writes_arrow_does_not_import_pandas(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITES, f"{tmp_path}/warehouse"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
