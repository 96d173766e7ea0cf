"""Holding the API to the oracle: random worlds, random questions of random askers, and the answers that differ."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random

from schema.roles import Role
from tests.oracle.answer import answer
from tests.oracle.api_in_process import Api, served
from tests.oracle.clock import clock_of
from tests.oracle.difference import difference
from tests.oracle.facts import Asker
from tests.oracle.loading import load_changes
from tests.oracle.questions import random_question
from tests.oracle.ranges import read_range
from tests.oracle.rows import World
from tests.oracle.selections import Cell, document
from tests.oracle.worlds import Setting, random_earlier, random_setting, random_world


@dataclass(frozen=True)
class Checked:
    """A world of a seed, and the API over it."""

    seed: int
    setting: Setting
    world: World
    api: Api
    earlier: Mapping[str, World] = field(default_factory=dict)

    def differing(self, numbers: Iterable[int]) -> Iterator[str]:
        """What is wrong with the answers to the questions of these numbers: seed, document and first difference."""
        for number in numbers:
            found = self.check(number)
            if found:
                yield found

    def check(self, number: int) -> str | None:
        """What is wrong with one answer, or None."""
        chance = Random(f"question {self.seed} {number}")
        asker = random_asker(chance, self.world)
        setting = replace(self.setting, attributes=not asker.masks_gender, moments=tuple(self.earlier))
        question = random_question(chance, setting)
        told = self.told(question, asker)
        if told is None:
            return None
        text, variables = document(question)
        return (
            f"question {number} of the world of seed {self.seed}, around {self.setting.day} in {self.setting.zone}, of "
            f"{asker}:\n{text}\n{json.dumps(variables)}\n{told}"
        )

    def told(self, question: Cell, asker: Asker) -> str | None:
        """The first difference between the API's answer and the oracle's."""
        role = Role.VIEWER if asker.masks_gender else Role.ANALYST
        body = self.api.body(*document(question), role, asker.scope)
        if "errors" in body:
            told = body["errors"][0]["message"]
            # A range between a date that the zone skipped and the next midnight has no instant.
            return None if _is_empty(question) and "before it starts" in told else f"the API refused it: {told}"
        return difference(answer(question, self.world, asker, self.earlier), body["data"])


@contextmanager
def checked_world(seed: int) -> Iterator[Checked]:
    """The world of a seed, served; one of three became what it is by a second load, and is asked for before it too."""
    chance = Random(f"world {seed}")
    setting = random_setting(chance)
    world = random_world(chance, setting)
    if seed % 3:
        with served(world) as api:
            yield Checked(seed, setting, world, api)
        return
    earlier = random_earlier(chance, world)
    with served(earlier) as api:
        moment = _next_second()
        load_changes(api.warehouse, earlier, world)
        yield Checked(seed, setting, world, api, {moment: earlier})


def _next_second() -> str:
    """A moment between what was done and what is yet to be done."""
    moment = int(time.time()) + 1
    while time.time() <= moment + 1:
        time.sleep(0.05)
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _is_empty(question: Cell) -> bool:
    """Whether the question names a range without an instant."""
    args = question.get("args", {})
    asked = args.get("range") or {}
    if "from" not in asked:
        return False
    span = read_range(asked, clock_of(args.get("timeZone", "UTC")), None)
    return span.start.at >= span.end.at


def random_asker(chance: Random, world: World) -> Asker:
    """An analyst; or a viewer, for whom gender is masked; some with a row scope in which there are sessions."""
    masks_gender = chance.random() < 0.1
    person = chance.choice(world.sessions).person
    if person.country and chance.random() < 0.1:
        return Asker(masks_gender, {"country": (person.country,)})
    if person.plan and chance.random() < 0.1:
        return Asker(masks_gender, {"subscription": (person.plan,)})
    return Asker(masks_gender)
