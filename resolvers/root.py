"""The root types: binds every root field to its resolver, and builds the schema."""

from collections.abc import Callable, Sequence
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type
from strawberry.types import ExecutionContext
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

import resolvers.node_fields  # noqa: F401 - adds fields to films and users
from resolvers import (
    alerts,
    boards,
    data_quality,
    experiments,
    freshness,
    insights,
    metrics,
    node_lookup,
    nodes,
    panels,
    pipeline,
    published_operations,
    rankings,
    reports,
    tokens,
    viewer,
    viewing_and_rating,
)
from resolvers import spark_results as batch
from resolvers.answer_extensions import AnswerExtensions
from resolvers.audit_extension import AuditExtension
from resolvers.cells import CellsExecutor
from resolvers.documents import ParsedDocuments
from resolvers.introspection import Introspection
from resolvers.null_arguments import NullIsDefault
from resolvers.operation_name import NamedOperation
from resolvers.permission import permitted
from resolvers.viewing_and_rating_fields import RatingSummary, Viewing
from schema.alerts import Alert
from schema.audit import AuditRecord
from schema.boards import Board
from schema.data_quality import LoadQuality
from schema.directives import describe_arguments, requires, semantic_non_null
from schema.experiments import Experiment, ExperimentPower, ExperimentResult
from schema.freshness import Freshness
from schema.insights import Cohort, CompletionFunnel, ConcurrencyPeak, QualityRow, StickyDay
from schema.metrics import DimensionValue, Metrics
from schema.nodes import Connection, Movie, Node, Ranking, Rating, User
from schema.panels import CountryPanel, DailyTrend, Dashboard, DevicePanel, GenrePanel, HourlyTrend, TopMovie
from schema.payloads import (
    AcknowledgeAlertPayload,
    CancelPipelinePayload,
    CreateEmbedTokenPayload,
    CreateSignInLinkPayload,
    CreateTokenPayload,
    DeleteAlertPayload,
    DeleteBoardPayload,
    DeleteReportPayload,
    PublishOperationPayload,
    RevokeTokenPayload,
    RunPipelinePayload,
    SaveAlertPayload,
    SaveBoardPayload,
    SaveReportPayload,
    SilenceAlertPayload,
    UnpublishOperationPayload,
)
from schema.pipeline import PipelineRun
from schema.published_operations import PublishedOperation
from schema.reports import Report
from schema.root_fields import ROOT_FIELDS
from schema.scalars import SCALARS
from schema.spark_results import (
    ChurnCalibration,
    ChurnRisk,
    ForecastDay,
    Geography,
    JobResult,
    ModelReport,
    QualityAlert,
    Recommendation,
    SimilarMovie,
    ViewingPattern,
)
from schema.tokens import IssuedToken
from schema.viewer import Viewer


def _field(resolver: Callable[..., Any], graphql_type: Any, directives: Sequence[object] = ()) -> StrawberryField:
    """A root field with its access check; its description is the resolver's docstring."""
    declared = _declared(resolver)
    declared["directives"] += directives
    declared["extensions"].append(NullIsDefault())
    field: StrawberryField = strawberry.field(resolver=resolver, graphql_type=graphql_type, **declared)
    return field


def _part(resolver: Callable[..., Any], graphql_type: Any) -> StrawberryField:
    """A root field that is null if it is refused or fails, so that those beside it are still answered."""
    return _field(resolver, graphql_type | None, semantic_non_null())


def _subscription(resolver: Callable[..., Any], graphql_type: Any = None) -> StrawberryField:
    """A subscription field with the same access check; `graphql_type` is that of its events, if they are cells."""
    field: StrawberryField = strawberry.subscription(
        resolver=resolver, graphql_type=graphql_type, **_declared(resolver)
    )
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
        _part(metrics.metrics, Metrics),
        _part(metrics.dimension_values, list[DimensionValue]),
        _part(panels.dashboard, Dashboard),
        _part(panels.daily_trends, list[DailyTrend]),
        _part(panels.hourly_trends, list[HourlyTrend]),
        _part(panels.genres, list[GenrePanel]),
        _part(panels.devices, list[DevicePanel]),
        _part(panels.countries, list[CountryPanel]),
        _part(panels.top_movies, list[TopMovie]),
        _part(viewing_and_rating.viewing, Viewing),
        _part(viewing_and_rating.rating, RatingSummary),
        _part(nodes.users, Connection[User]),
        _part(nodes.movies, Connection[Movie]),
        _part(nodes.ratings, Connection[Rating]),
        _field(node_lookup.node, Node | None),
        _part(node_lookup.nodes, list[Node | None]),
        _field(nodes.user, User | None),
        _field(nodes.movie, Movie | None),
        _part(nodes.audit_log, Connection[AuditRecord]),
        _part(rankings.rankings, list[Ranking]),
        _part(insights.retention, list[Cohort]),
        _part(insights.completion_funnel, CompletionFunnel),
        _part(insights.concurrency, list[ConcurrencyPeak]),
        _part(insights.stickiness, list[StickyDay]),
        _part(insights.quality, list[QualityRow]),
        _part(experiments.experiments, list[Experiment]),
        _field(experiments.experiment, ExperimentResult | None),
        _part(experiments.experiment_power, ExperimentPower),
        _part(data_quality.data_quality, list[LoadQuality]),
        _part(pipeline.pipeline_runs, list[PipelineRun]),
        _part(tokens.tokens, list[IssuedToken]),
        _part(boards.boards, list[Board]),
        _field(boards.board, Board | None),
        _part(alerts.alerts, list[Alert]),
        _field(alerts.alert, Alert | None),
        _part(reports.reports, list[Report]),
        _part(published_operations.published_operations, list[PublishedOperation]),
        _part(batch.viewing_patterns, list[ViewingPattern]),
        _part(batch.geography, Geography),
        _part(batch.recommendations, list[Recommendation]),
        _part(batch.similar_movies, list[SimilarMovie]),
        _part(batch.churn_risk, list[ChurnRisk]),
        _part(batch.churn_calibration, list[ChurnCalibration]),
        _part(batch.forecast, list[ForecastDay]),
        _part(batch.quality_alerts, list[QualityAlert]),
        _part(batch.model_reports, list[ModelReport]),
        _part(batch.job_results, list[JobResult]),
    ],
    description="All queries: panels for common questions, `viewing` for all others, and lists.",
)

Mutation = create_type(
    "Mutation",
    [
        _part(boards.save_board, SaveBoardPayload),
        _part(boards.delete_board, DeleteBoardPayload),
        _part(alerts.save_alert, SaveAlertPayload),
        _part(alerts.delete_alert, DeleteAlertPayload),
        _part(alerts.acknowledge_alert, AcknowledgeAlertPayload),
        _part(alerts.silence_alert, SilenceAlertPayload),
        _part(reports.save_report, SaveReportPayload),
        _part(reports.delete_report, DeleteReportPayload),
        _part(published_operations.publish_operation, PublishOperationPayload),
        _part(published_operations.unpublish_operation, UnpublishOperationPayload),
        _part(tokens.create_token, CreateTokenPayload),
        _part(tokens.create_sign_in_link, CreateSignInLinkPayload),
        _part(tokens.create_embed_token, CreateEmbedTokenPayload),
        _part(tokens.revoke_token, RevokeTokenPayload),
        _part(pipeline.run_pipeline, RunPipelinePayload),
        _part(pipeline.cancel_pipeline, CancelPipelinePayload),
    ],
    description="All changes: boards, alerts, scheduled reports, published operations, making and revoking tokens, and "
    "pipeline runs.",
)

Subscription = create_type(
    "Subscription",
    [_subscription(freshness.freshness, Freshness), _subscription(pipeline.pipeline_run)],
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
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=[AuditExtension, AnswerExtensions, NamedOperation, Introspection, ParsedDocuments],
        execution_context_class=CellsExecutor,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    describe_arguments(schema.core)
    return schema
