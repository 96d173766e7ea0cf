"""Holding the API to the oracle: random worlds, random questions, and the first answer that differs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from tests.oracle.answer import answer
from tests.oracle.asking import Api, served
from tests.oracle.difference import difference
from tests.oracle.questions import random_question
from tests.oracle.rows import World
from tests.oracle.selections import document
from tests.oracle.worlds import Setting, random_setting, random_world


@dataclass(frozen=True)
class Found:
    """An answer that is not the oracle's: which question of which world, and the first difference."""

    seed: int
    number: int
    setting: Setting
    document: str
    variables: str
    told: str

    def __str__(self) -> str:
        return (
            f"world of seed {self.seed} around {self.setting.day} in {self.setting.zone}, question {self.number}:\n"
            f"{self.document}\n{self.variables}\n{self.told}"
        )


@contextmanager
def opened(seed: int) -> Iterator[tuple[Api, World, Setting]]:
    """The API over the world of a seed."""
    chance = Random(f"world {seed}")
    setting = random_setting(chance)
    world = random_world(chance, setting)
    with served(world) as api:
        yield api, world, setting


def differing(api: Api, world: World, setting: Setting, seed: int, numbers: range) -> Iterator[Found]:
    """The questions of a world that are answered otherwise than the oracle answers them."""
    for number in numbers:
        question = random_question(Random(f"question {seed} {number}"), setting)
        text, variables = document(question)
        body = api.body(text, variables)
        if "errors" in body:
            told = f"the API refused: {body['errors'][0]['message']}"
        else:
            told = difference(answer(question, world), body["data"]) or ""
        if told:
            yield Found(seed, number, setting, text, json.dumps(variables), told)
