"""What goes on in a demo while it is served: its people watch films, and Spark computes once what only it computes."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, count, repeat

import httpx
from anyio import to_thread
from starlette.types import ASGIApp

from ingest.demo_size import DemoSize
from ingest.files.file_format import FileFormat
from ingest.live_traffic.traffic import Traffic
from resolvers.pipeline_runner_interface import StepRequest
from schema.roles import Role
from server.answering.service import Service
from server.identity.principal import Principal
from server.pipeline_runs.steps import DEMO_SEED, SPARK_JOBS
from server.spark_jobs.job_runner import check_spark
from warehouse.errors import MarqueeError, Unavailable
from warehouse.loads import ledger
from warehouse.pipeline_runs import RunState
from warehouse.status import table_status

LOG = logging.getLogger("marquee.demo")
# Seconds between sessions: those who look at it first see numbers move; later it would be many times a usual day's.
SOON_S, OFTEN, LATER_S = 5.0, 120, 60.0
# The first page is drawn before Spark takes the processor.
BEFORE_SPARK_S = 10.0
_TOKEN_TTL = timedelta(minutes=1)
_BY = "demo"


@dataclass(frozen=True)
class DemoActivity:
    """`app` answers the service's requests; `say` prints a line where the demo was started."""

    service: Service
    app: ASGIApp
    say: Callable[[str], None]

    async def go_on(self) -> None:
        """Until it is cancelled, but only where the warehouse has the demo data: what is not made up stays as it is."""
        try:
            if await to_thread.run_sync(self._is_demo):
                await asyncio.gather(self._compute(), self._watch_films())
        except MarqueeError as error:
            LOG.warning("The demo's numbers do not move: %s", error)
        except Exception:
            # Whoever looks at the demo sees it stand still, and all that it holds.
            LOG.exception("The demo's numbers do not move")

    def _is_demo(self) -> bool:
        engine, size = self.service.warehouse.engine, DemoSize()
        rows = {one.table: one.rows for one in table_status(engine)}
        first = ledger.files_of(engine, [1]).get(1)
        return (rows["users"], rows["movies"]) == (size.users, size.movies) and first == (
            f"generated:seed={DEMO_SEED}",
        )

    async def _watch_films(self) -> None:
        """Send sessions that end now, as any sender would."""
        traffic = await to_thread.run_sync(Traffic.of_demo, DEMO_SEED)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for number, pause_s in zip(count(), _pauses()):
                await asyncio.sleep(pause_s)
                token = self.service.tokens.issue(Principal("demo-traffic", Role.INGEST), _TOKEN_TTL).token
                answer = await client.post(
                    f"{self.service.settings.path_prefix}/ingest/viewing_sessions",
                    content=traffic.sessions(number, 1),
                    headers={"Authorization": f"Bearer {token}", "Content-Type": FileFormat.NDJSON.media_type},
                )
                if answer.is_error:
                    LOG.info("A session of the demo was refused: %s", answer.text[:500])

    async def _compute(self) -> None:
        """Start the Spark jobs, unless they ran before."""
        runs = self.service.runs
        if any(one.state is not RunState.INTERRUPTED for one in await to_thread.run_sync(runs.newest, 1)):
            return
        try:
            await to_thread.run_sync(check_spark)
        except Unavailable as error:
            self.say(f"  Charts, predictions and patterns are left out. {error}")
            return
        await asyncio.sleep(BEFORE_SPARK_S)
        with suppress(Unavailable):
            await runs.start([StepRequest(one) for one in SPARK_JOBS], _BY)


def _pauses() -> Iterator[float]:
    return chain(repeat(SOON_S, OFTEN), repeat(LATER_S))
