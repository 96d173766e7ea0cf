"""The root types: binds every root field to its resolver, and builds the schema."""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type
from strawberry.types import ExecutionContext
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from resolvers import data_quality, freshness, grouped, insights, nodes, panels, pipeline, rankings, tokens, viewer
from resolvers import spark_results as batch
from resolvers.answer_extensions import AnswerExtensions
from resolvers.audit_extension import AuditExtension
from resolvers.cells import CellsExecutor
from resolvers.documents import ParsedDocuments
from resolvers.grouped_fields import RatingSummary, Viewing
from resolvers.introspection import Introspection
from resolvers.operation_name import NamedOperation
from resolvers.permission import permitted
from schema.audit import AuditRecord
from schema.data_quality import LoadQuality
from schema.directives import requires
from schema.insights import Cohort, CompletionFunnel, ConcurrencyPeak, QualityRow, StickyDay
from schema.nodes import Connection, Movie, Ranking, Rating, User
from schema.panels import CountryPanel, DailyTrend, Dashboard, DevicePanel, GenrePanel, HourlyTrend, TopMovie
from schema.pipeline import PipelineRun
from schema.root_fields import ROOT_FIELDS
from schema.scalars import SCALARS
from schema.spark_results import (
    ChurnCalibration,
    ChurnRisk,
    ForecastDay,
    Geography,
    ModelReport,
    QualityAlert,
    Recommendation,
    SimilarMovie,
    ViewingPattern,
)
from schema.tokens import EmbedToken, RevokedToken
from schema.viewer import Viewer


def _field(resolver: Callable[..., Any], graphql_type: Any) -> StrawberryField:
    """A root field with its access check; its description is the resolver's docstring."""
    field: StrawberryField = strawberry.field(resolver=resolver, graphql_type=graphql_type, **_declared(resolver))
    return field


def _subscription(resolver: Callable[..., Any]) -> StrawberryField:
    """A subscription field with the same access check."""
    field: StrawberryField = strawberry.subscription(resolver=resolver, **_declared(resolver))
    return field


def _declared(resolver: Callable[..., Any]) -> dict[str, Any]:
    """The field's settings from its record, and the resolver's docstring.

    Raises: KeyError if no root field has the resolver's name.
    """
    field = ROOT_FIELDS[to_camel_case(resolver.__name__)]
    return {
        "description": " ".join((resolver.__doc__ or "").split()),
        "directives": requires(field),
        "extensions": [permitted(field)],
    }


# Resolvers return cells; the types here describe them for GraphQL.
Query = create_type(
    "Query",
    [
        _field(viewer.viewer, Viewer),
        _field(panels.dashboard, Dashboard),
        _field(panels.daily_trends, list[DailyTrend]),
        _field(panels.hourly_trends, list[HourlyTrend]),
        _field(panels.genres, list[GenrePanel]),
        _field(panels.devices, list[DevicePanel]),
        _field(panels.countries, list[CountryPanel]),
        _field(panels.top_movies, list[TopMovie]),
        _field(grouped.viewing, Viewing),
        _field(grouped.rating, RatingSummary),
        _field(nodes.users, Connection[User]),
        _field(nodes.movies, Connection[Movie]),
        _field(nodes.ratings, Connection[Rating]),
        _field(nodes.user, User | None),
        _field(nodes.movie, Movie | None),
        _field(nodes.audit_log, Connection[AuditRecord]),
        _field(rankings.rankings, list[Ranking]),
        _field(insights.retention, list[Cohort]),
        _field(insights.completion_funnel, CompletionFunnel),
        _field(insights.concurrency, list[ConcurrencyPeak]),
        _field(insights.stickiness, list[StickyDay]),
        _field(insights.quality, list[QualityRow]),
        _field(data_quality.data_quality, list[LoadQuality]),
        _field(pipeline.pipeline_runs, list[PipelineRun]),
        _field(batch.viewing_patterns, list[ViewingPattern]),
        _field(batch.geography, Geography),
        _field(batch.recommendations, list[Recommendation]),
        _field(batch.similar_movies, list[SimilarMovie]),
        _field(batch.churn_risk, list[ChurnRisk]),
        _field(batch.churn_calibration, list[ChurnCalibration]),
        _field(batch.forecast, list[ForecastDay]),
        _field(batch.quality_alerts, list[QualityAlert]),
        _field(batch.model_reports, list[ModelReport]),
    ],
    description="All queries: panels for common questions, `viewing` for all others, and lists.",
)

Mutation = create_type(
    "Mutation",
    [
        _field(tokens.create_embed_token, EmbedToken),
        _field(tokens.revoke_token, RevokedToken),
        _field(pipeline.run_pipeline, PipelineRun),
        _field(pipeline.cancel_pipeline, PipelineRun),
    ],
    description="All changes: making and revoking tokens, and pipeline runs.",
)

Subscription = create_type(
    "Subscription",
    [_subscription(freshness.freshness), _subscription(pipeline.pipeline_run)],
    description="Values sent whenever they change, over a WebSocket or as server-sent events.",
)


class Schema(strawberry.Schema):
    """Strawberry's schema without its error logging: the service logs, and users' mistakes are not worth a log line."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing."""

    @property
    def core(self) -> GraphQLSchema:
        """graphql-core's schema."""
        return self._schema


def build_schema() -> Schema:
    """The schema that the server, the command line and the tests execute."""
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=[AuditExtension, AnswerExtensions, NamedOperation, Introspection, ParsedDocuments],
        execution_context_class=CellsExecutor,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
