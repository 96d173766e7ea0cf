"""Texts from Faker: film titles, directors, reviews, and name pools for user names.

Faker is slow, so it is called a limited number of times, and texts are drawn from its results.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import cycle, islice

from faker import Faker
from faker.providers import BaseProvider

from ingest.generator import words
from ingest.generator.plan import Plan

REVIEWS_A_MOOD = 150
FIRST_NAMES = 120
LAST_NAMES = 160
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


class FilmProvider(BaseProvider):
    """Film titles and reviews, built the way Faker does it: patterns filled from word lists."""

    def film_title(self, genre: str) -> str:
        """A title typical of `genre`."""
        idea, idea_too = self.random_sample(words.IDEAS, 2)
        return str(self.random_element(words.TITLE_PATTERNS)).format(
            adjective=self.random_element(words.ADJECTIVES),
            noun=self.random_element(words.NOUNS[genre]),
            place=self.random_element(words.PLACES),
            gerund=self.random_element(words.GERUNDS),
            first_name=self.generator.first_name(),
            idea=idea,
            idea_too=idea_too,
        )

    def review(self, mood: str) -> str:
        """A review of one to three sentences; `mood` is a key of `words.REVIEW_OPENINGS`."""
        sentences = [str(self.random_element(words.REVIEW_OPENINGS[mood]))]
        remarks = self.random_sample(words.REVIEW_REMARKS[mood].split("|"), self.random_int(0, 2))
        for remark in remarks:
            part, part_too = self.random_sample(words.REVIEW_PARTS, 2)
            sentence = remark.format(part=part, part_too=part_too, person=self.generator.last_name())
            sentences.append(sentence[0].upper() + sentence[1:])
        return " ".join(sentences)


def faker(plan: Plan, purpose: str, locale: str = "en_US") -> Faker:
    """A separate Faker for each purpose, seeded from the plan."""
    made = Faker(locale)
    made.add_provider(FilmProvider)
    made.seed_instance(int(plan.rng(f"faker {purpose}").integers(2**63)))
    return made


def titles(plan: Plan, genres: Sequence[str]) -> list[str]:
    """A unique title for each genre in `genres`; a repeated title becomes a sequel."""
    source = faker(plan, "titles")
    used: dict[str, int] = {}
    return [_unused(source, genre, used) for genre in genres]


def _unused(source: Faker, genre: str, used: dict[str, int]) -> str:
    for _attempt in range(20):
        title = str(source.film_title(genre))
        if title not in used:
            used[title] = 1
            return title
    used[title] += 1
    part = used[title]
    return f"{title} {ROMAN[part - 1] if part <= len(ROMAN) else part}"


def directors(plan: Plan, count: int) -> list[str]:
    """`count` director names from four locales."""
    sources = [faker(plan, f"directors {locale}", locale) for locale in ("en_US", "fr_FR", "en_IN", "es_MX")]
    return [f"{source.first_name()} {source.last_name()}" for source in islice(cycle(sources), count)]


def reviews(plan: Plan, mood: str) -> list[str]:
    """The pool of reviews in one mood."""
    source = faker(plan, f"reviews {mood}")
    return [str(source.review(mood)) for _ in range(REVIEWS_A_MOOD)]


def handles(plan: Plan, locale: str) -> tuple[list[str], list[str]]:
    """First and last names of a locale for user names: lower-case ASCII letters."""
    source = faker(plan, f"people {locale}", locale)
    romanized = hasattr(source, "first_romanized_name")
    first = source.first_romanized_name if romanized else source.first_name
    last = source.last_romanized_name if romanized else source.last_name
    return [_ascii(first()) for _ in range(FIRST_NAMES)], [_ascii(last()) for _ in range(LAST_NAMES)]


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    return re.sub(r"[^a-z]", "", plain)
