"""A job that the machine ends says what to do in one sentence."""

import pytest

from spark.jobs.run_job import sentence_of


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("An error\n java.lang.OutOfMemoryError: GC overhead limit", "Spark ran out of memory. Give it more"),
        ("Job aborted: ExecutorLostFailure (executor 3 exited)", "A Spark worker was lost"),
        ("FSError: java.io.IOException: No space left on device", "The disk of the staging place (MARQUEE_STAGING) is"),
        ("Answer from Java side is empty", "Spark's Java process ended"),
        ("[UNRESOLVED_COLUMN] genre\nat org.apache.spark", "[UNRESOLVED_COLUMN] genre"),
    ],
)
def test_what_the_jvm_says_becomes_a_sentence(told: str, sentence: str) -> None:
    said = sentence_of(Exception(told))
    assert said.startswith(sentence)
    assert "\n" not in said
