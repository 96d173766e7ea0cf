"""A Spark run that loses its process, its job or its JVM shows the result of before or the new one, whole. A few kills;
`make prove` has two hundred.
"""

from pathlib import Path

import pytest

from tests.integration.server.spark_kills import WHO, SparkKills


@pytest.mark.slow
def test_after_a_kill_of_any_process_the_result_is_whole_and_none_lives_on(tmp_path: Path) -> None:
    with SparkKills(tmp_path, seed=28) as killed:
        for who in WHO:
            killed.kill(who)
        # The next run finds the lock free and the place clean.
        killed.run_whole()
        assert killed.kills == {"marquee": 1, "job": 1, "jvm": 1}
