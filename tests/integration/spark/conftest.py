"""One Spark for all of its tests: starting it costs more than any of them."""

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from spark.session import session


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A real session of two cores; fails with what to install where there is no Java."""
    with session("marquee tests", memory="1g") as made:
        # The inputs are a handful of rows.
        made.conf.set("spark.sql.shuffle.partitions", "2")
        yield made
