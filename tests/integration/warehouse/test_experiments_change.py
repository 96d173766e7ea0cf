"""Experiments and assignments that are loaded or taken back later."""

import pytest

from tests.integration.warehouse.experiment_world import END, EXPERIMENT, experiment_row, load_experiment, some_world
from tests.integration.warehouse.worlds import load
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.errors import BadInput
from warehouse.experiments.experiment import Experiment, experiment_of, experiments
from warehouse.experiments.results import Request, results

WORLD, ASSIGNED = some_world(18)


@pytest.fixture
def loaded(warehouse: Warehouse) -> Warehouse:
    load_experiment(warehouse, WORLD, ASSIGNED)
    return warehouse


def the_experiment(warehouse: Warehouse) -> Experiment:
    found = experiment_of(warehouse.reader, str(EXPERIMENT), SYSTEM)
    assert found is not None
    return found


def test_one_experiment_is_found_by_its_id_and_all_are_listed(loaded: Warehouse) -> None:
    load(loaded, "experiments", [experiment_row(9, start_time=END, end_time=None, shares=["old=9", "new=1"])])
    assert [one.id for one in experiments(loaded.reader, SYSTEM)] == ["9", "7", "8"]
    found = experiment_of(loaded.reader, "9", SYSTEM)
    assert found is not None
    assert (found.name, found.end, found.shares) == ("Experiment 9", None, {"old": 9.0, "new": 1.0})
    assert experiment_of(loaded.reader, "10", SYSTEM) is None
    with pytest.raises(BadInput, match="expected a 64-bit number or a UUID"):
        experiment_of(loaded.reader, "seven", SYSTEM)


def test_answers_as_of_an_earlier_load_have_the_assignments_of_then(loaded: Warehouse) -> None:
    before = results(loaded.reader, the_experiment(loaded), Request(("views",), {}), SYSTEM)
    done = loaded.engine.query("SELECT max(load_id) FROM assignments").scalar()
    loaded.undo(done)
    after = results(loaded.reader, the_experiment(loaded), Request(("views",), {}), SYSTEM)
    then = results(loaded.reader, the_experiment(loaded), Request(("views",), {}, as_of=done), SYSTEM)
    assert (after.spread, list(after.metrics)) == ({}, [])
    assert (then.spread, then.metrics) == (before.spread, before.metrics)
