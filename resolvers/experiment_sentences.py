"""What a difference shows, in one English sentence, for those who read no tables: assistants, mails, terminals."""

from warehouse.experiments.metrics import Metric
from warehouse.experiments.results import GuardrailVerdict, VariantFigure, Verdict

_SHOWS = {
    Verdict.BETTER: "better than the control",
    Verdict.WORSE: "worse than the control",
    Verdict.UNCLEAR: "not shown to differ from the control",
}
_GUARDS = {
    GuardrailVerdict.HOLDS: " The guardrail holds.",
    GuardrailVerdict.BROKEN: " The guardrail is broken.",
    GuardrailVerdict.UNCLEAR: " Whether the guardrail holds can't be told yet.",
}


def sentence(metric: Metric, row: VariantFigure, alpha: float) -> str:
    """A sentence about a variant that was compared: figure, difference, interval, and what can be said of it."""
    found = row.difference
    assert found is not None, "a variant without a difference has nothing to be said about"
    assert row.verdict is not None, "a difference is judged"
    if found.relative is None or found.relative_interval is None:
        low, high = (f"{end / metric.units:+.4g}" for end in (found.interval.low, found.interval.high))
        changed = f"{found.value / metric.units:+.4g} ({low} to {high})"
    else:
        low, high = (f"{end:+.1%}" for end in (found.relative_interval.low, found.relative_interval.high))
        changed = f"{found.relative:+.1%} ({low} to {high}, {1 - alpha:.4g} of all such intervals are right)"
    of_whom = "" if metric.bottom else " per person"
    guard = "" if row.guardrail is None else _GUARDS[row.guardrail]
    return (
        f"{row.variant}: {metric.measure.label.lower()}{of_whom} {changed}; {_SHOWS[row.verdict]}, "
        f"p = {row.adjusted_p_value:.2g} after correction.{guard}"
    )
