"""One Spark for all of its tests: starting it costs more than any of them."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from spark.session import Machine, session


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A real session of two cores; fails with what to install where there is no Java."""
    with session("marquee tests", Machine(memory="1g")) as made:
        # The inputs are a handful of rows: planning them for many costs more than working through them.
        for name, value in (
            ("spark.sql.shuffle.partitions", "2"),
            ("spark.sql.codegen.wholeStage", "false"),
            ("spark.sql.codegen.factoryMode", "NO_CODEGEN"),
            ("spark.sql.adaptive.enabled", "false"),
        ):
            made.conf.set(name, value)
        yield made
