"""Budgets: each subject has its own minute, shared by all processes that charge it."""

import pytest

from server.answering.budget import Budget, TooManyRequests
from tests.support.clock import Clock


def test_a_minute_can_be_spent_at_once_and_fills_evenly() -> None:
    clock = Clock()
    budget = Budget(clock)
    budget.charge("ada", 600, 600)
    with pytest.raises(TooManyRequests, match=r"costs 25, .* your 600 a minute\. Try again in 3 s") as refused:
        budget.charge("ada", 25, 600)
    assert refused.value.retry_after_s == 3
    clock.now_s += 2.4
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 25, 600)
    clock.now_s += 0.2
    budget.charge("ada", 25, 600)


def test_a_refusal_costs_nothing_and_another_subject_does_not_feel_it() -> None:
    budget = Budget(Clock())
    budget.charge("ada", 90, 100)
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            budget.charge("ada", 11, 100)
    budget.charge("ada", 10, 100)
    budget.charge("bob", 100, 100)


def test_what_another_process_charged_is_gone_here_too() -> None:
    clock = Clock()
    budget = Budget(clock)
    budget.charge("ada", 100, 600)
    # In the same second: nothing of it could be refilled yet.
    budget.learn("ada", 400, 600, age_s=1)
    with pytest.raises(TooManyRequests, match=r"Try again in 1 s"):
        budget.charge("ada", 101, 600)
    budget.charge("ada", 100, 600)
    # Both refill one bucket, not one each.
    clock.now_s += 10
    budget.learn("ada", 100, 600, age_s=10)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 1, 600)


@pytest.mark.parametrize(("age_s", "left"), [(0, 300), (10, 400), (30, 600), (90, 600)])
def test_what_was_charged_elsewhere_a_while_ago_has_been_refilled(age_s: float, left: int) -> None:
    budget = Budget(Clock())
    budget.learn("ada", 300, 600, age_s)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", left + 1, 600)
    budget.charge("ada", left, 600)


def test_what_several_processes_charged_is_learnt_oldest_first() -> None:
    budget = Budget(Clock())
    # 10 a second: the first has been refilled in full when the second comes, and of the second 20 are.
    budget.learn("ada", 100, 600, age_s=20)
    budget.learn("ada", 300, 600, age_s=2)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 321, 600)
    budget.charge("ada", 320, 600)


def test_what_is_charged_is_told_and_what_is_refused_or_learnt_is_not() -> None:
    told: list[tuple[object, float, int]] = []
    budget = Budget(Clock(), on_spent=lambda *spent: told.append(spent))
    budget.charge("ada", 60, 100)
    budget.spend("ada", 5, 100)
    budget.learn("ada", 30, 100, age_s=0)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 6, 100)
    assert told == [("ada", 60, 100), ("ada", 5, 100)]


def test_what_costs_nothing_is_answered_even_in_debt() -> None:
    budget = Budget(Clock())
    budget.charge("ada", 90, 100)
    budget.spend("ada", 50, 100)
    budget.charge("ada", 0, 100)
    with pytest.raises(TooManyRequests, match=r"Try again in 25 s"):
        budget.charge("ada", 1, 100)


def test_idle_time_saves_up_no_more_than_a_minute() -> None:
    clock = Clock()
    budget = Budget(clock)
    budget.charge("ada", 100, 100)
    clock.now_s += 86_400
    budget.charge("ada", 100, 100)
    with pytest.raises(TooManyRequests):
        budget.charge("ada", 1, 100)


def test_what_costs_nothing_is_always_admitted() -> None:
    budget = Budget(Clock())
    budget.charge("ada", 100, 100)
    budget.charge("ada", 0, 100)


def test_only_so_many_subjects_are_remembered_and_the_idlest_is_forgotten() -> None:
    budget = Budget(Clock(), most_subjects=2)
    for subject in ("ada", "bob", "ada", "cleo"):
        budget.charge(subject, 40, 100)
    assert [budget.check(subject, 0, 100) for subject in ("ada", "bob", "cleo")] == [20, 100, 60]
