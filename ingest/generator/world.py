"""The generated world that sessions and ratings are drawn from, built once from a plan."""

from dataclasses import dataclass

from ingest.generator.audience import Audience, build_audience
from ingest.generator.catalogue import Catalogue, build_catalogue
from ingest.generator.plan import Plan
from ingest.generator.playback import Playback, build_playback
from ingest.generator.rhythm import Rhythm, build_rhythm
from ingest.generator.tastes import Tastes, build_tastes


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Films, users, tastes, habits and rhythm; immutable."""

    plan: Plan
    catalogue: Catalogue
    tastes: Tastes
    audience: Audience
    rhythm: Rhythm
    playback: Playback


def build_world(plan: Plan) -> World:
    """Build the world of a plan, deterministically."""
    catalogue = build_catalogue(plan)
    audience = build_audience(plan)
    return World(
        plan=plan,
        catalogue=catalogue,
        tastes=build_tastes(plan, catalogue.genre_share),
        audience=audience,
        rhythm=build_rhythm(plan),
        playback=build_playback(plan, audience),
    )
