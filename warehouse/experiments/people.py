"""The people of an experiment: whose first assignment counts, who is left out and why, and how that reads as SQL."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from warehouse.access import Access
from warehouse.described_enum import DescribedEnum
from warehouse.experiments.experiment import Experiment
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.time_steps import DAY_S
from warehouse.query.masked_source import ASSIGNMENTS, read
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader

FOREVER = 2**32 - 1
"""The last instant that is stored."""


class Segment(DescribedEnum):
    """The attributes of people by which an experiment is taken apart, by slug."""

    COUNTRY = "country", DIMENSIONS["country"].description
    SUBSCRIPTION = "subscription", DIMENSIONS["subscription"].description
    AGE_BAND = "age_band", DIMENSIONS["age_band"].description
    GENDER = "gender", DIMENSIONS["gender"].description


class Standing(StrEnum):
    """Whether a person counts, and why not."""

    COUNTED = "counted"
    CROSSED = "crossed"
    OUTSIDE = "outside"
    TOO_RECENT = "too_recent"


@dataclass(frozen=True)
class Trial:
    """Which people of an experiment count, and for how long.

    A person counts with their first assignment, if that lies in the experiment and no assignment names another variant.
    What they do counts from then to the end of the experiment, or with `window_days` for so many days; people whose
    days are not over at `newest`, the instant of the newest session, are left out then. `before_days` before it are
    what they did before.
    """

    experiment: Experiment
    window_days: int | None
    before_days: int
    newest: int
    as_of: int | None = None

    @property
    def end(self) -> int:
        """The instant before which assignments and sessions count."""
        return FOREVER if self.experiment.end is None else self.experiment.end

    def people_sql(self, access: Access, parameters: Parameters, segment: Segment | None = None) -> str:
        """A SELECT of everybody who was assigned: `user_key`, `variant`, `since`, `standing`, and the `segment`."""
        columns = ["user_key", "experiment_key", "variant", "exposed_at", *([segment.value] if segment else ())]
        source = read(replace(ASSIGNMENTS, as_of=self.as_of), columns, access, parameters)
        shown = f", any({segment.value}) AS segment" if segment else ""
        return (
            f"SELECT user_key, first_variant AS variant, since, {self._standing_sql(parameters)} AS standing"
            f"{', segment' if segment else ''} FROM (SELECT user_key, "
            "argMin(variant, (exposed_at, variant)) AS first_variant, toUInt32(min(exposed_at)) AS since, "
            f"uniqExact(variant) AS variants{shown} FROM {source} "
            f"WHERE experiment_key = {parameters.add(self.experiment.key, 'UInt32')} GROUP BY user_key)"
        )

    def _standing_sql(self, parameters: Parameters) -> str:
        start, end = parameters.add(self.experiment.start, "UInt32"), parameters.add(self.end, "UInt32")
        sql = f"variants > 1, '{Standing.CROSSED}', since < {start} OR since >= {end}, '{Standing.OUTSIDE}'"
        if self.window_days:
            over = parameters.add(min(self.end, self.newest) - self.window_days * DAY_S, "Int64")
            sql += f", since > {over}, '{Standing.TOO_RECENT}'"
        return f"multiIf({sql}, '{Standing.COUNTED}')"


@dataclass(frozen=True)
class Assigned:
    """How many people have each standing, by variant. Fewer than the asker may know of are none."""

    by_standing: Mapping[Standing, Mapping[str, int]] = field(default_factory=dict)

    @property
    def counted(self) -> Mapping[str, int]:
        """Those who count, by variant."""
        return self.by_standing.get(Standing.COUNTED, {})

    @property
    def spread(self) -> Mapping[str, int]:
        """Those whose assignment counts, by variant, with those whose days are not over."""
        recent = self.by_standing.get(Standing.TOO_RECENT, {})
        return dict(sorted((Counter(self.counted) + Counter(recent)).items()))

    def left_out(self, standing: Standing) -> int:
        """How many people are left out for one reason."""
        return sum(self.by_standing.get(standing, {}).values())


def assigned(reader: Reader, trial: Trial, access: Access) -> Assigned:
    """Count everybody who was assigned."""
    parameters = Parameters()
    people = trial.people_sql(access, parameters)
    found = reader.engine.query(
        f"SELECT standing, variant, count() FROM ({people}) GROUP BY standing, variant ORDER BY standing, variant",
        parameters.values,
    ).rows
    counts: dict[Standing, dict[str, int]] = {}
    for standing, variant, people_there in found:
        counts.setdefault(Standing(standing), {})[variant] = access.told(people_there)
    return Assigned(counts)
