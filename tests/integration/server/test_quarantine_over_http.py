"""The quarantine over HTTP: an admin sees the rows of a load with their reasons; what can not be is refused."""

from collections.abc import Iterator

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import Door, token_of
from tests.integration.server.quarantined import ADMIN, counts, opened, repaired


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One for tests after which all is as before."""
    with opened(tmp_path_factory.mktemp("quarantined") / "warehouse") as found:
        yield found


def test_loads_and_their_rows_are_told_with_cells_and_reasons(door: Door) -> None:
    loads = door.get("/ingest/quarantine", ADMIN).json()["loads"]
    assert [(one["load"], one["table"], one["rows"], one["repairable"]) for one in loads] == [
        (3, "viewing_sessions", 4, True),
        (2, "movies", 1, False),
    ]
    told = door.get("/ingest/quarantine/3", ADMIN).json()
    assert [one["name"] for one in told["columns"] if one["required"]] == [
        "id", "user_id", "movie_id", "start_time", "watch_duration_minutes",
    ]  # fmt: skip
    assert [(one["row"], one["reason"], one["text"]) for one in told["rows"]] == [
        (3, "BAD_VALUE", ""),
        (4, "UNKNOWN_MOVIE", ""),
        (5, "BAD_ROW", "4,torn"),
        (6, "BAD_VALUE", ""),
    ]
    assert told["rows"][0]["explanation"] == "watch_duration_minutes is 'long', expected minutes from 0 to 1440"
    assert told["rows"][0]["cells"] == {
        "id": "2", "user_id": "1", "movie_id": "1", "start_time": "2024-01-02T20:00:00Z",
        "watch_duration_minutes": "long", "quality": "HD", "app": "v2",
    }  # fmt: skip
    later = door.get("/ingest/quarantine/3?after=4", ADMIN).json()
    assert ([one["row"] for one in later["rows"]], "more" in later) == ([5, 6], False)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.INGEST])
def test_only_admins_without_a_row_scope_see_or_correct_rows(door: Door, role: Role) -> None:
    scoped = token_of(Role.ADMIN, {"country": ("DE",)})
    for token, status in ((scoped, 403), (token_of(role), 403), (None, 401)):
        assert door.get("/ingest/quarantine", token).status_code == status
        assert door.get("/ingest/quarantine/3", token).status_code == status
        assert repaired(door, 3, {"rows": [{"row": 3, "cells": {}}]}, token).status_code == status
    assert counts(door, 3) == (5, 1, 0, 4)


@pytest.mark.parametrize(
    ("load", "body", "sentence"),
    [
        (3, [], "not a list of corrected rows"),
        (3, {"rows": []}, "0 rows are sent"),
        (3, {"rows": [{"row": 0, "cells": {}}]}, "not a list of corrected rows"),
        (3, {"rows": [{"row": True, "cells": {}}]}, "not a list of corrected rows"),
        (3, {"rows": [{"row": 3, "cells": {"id": 2}}]}, "not a list of corrected rows"),
        (3, {"rows": [{"row": 3, "cells": {}}, {"row": 3, "cells": {}}]}, "A row comes twice"),
        (3, {"rows": [{"row": row, "cells": {}} for row in range(1, 102)]}, "101 rows are sent"),
        (3, {"rows": [{"row": 2, "cells": {"id": "1"}}]}, "no row 2 in the quarantine"),
        (9, {"rows": [{"row": 2, "cells": {"id": "1"}}]}, "There is no load 9"),
        (2**40, {"rows": [{"row": 2, "cells": {"id": "1"}}]}, "There is no load"),
        (2, {"rows": [{"row": 3, "cells": {"duration": "96"}}]}, "load the corrected file"),
    ],
)
def test_what_can_not_be_a_repair_changes_nothing(door: Door, load: int, body: object, sentence: str) -> None:
    refused = repaired(door, load, body)
    assert (refused.status_code, sentence in refused.text) == (400, True), refused.text
    assert (counts(door, 2)[3], counts(door, 3)) == (1, (5, 1, 0, 4))


@pytest.mark.parametrize("path", ["/ingest/quarantine/9", "/ingest/quarantine/3?after=x", "/ingest/quarantine/3?x=1"])
def test_what_is_not_there_is_a_bad_request(door: Door, path: str) -> None:
    assert door.get(path, ADMIN).status_code == 400
