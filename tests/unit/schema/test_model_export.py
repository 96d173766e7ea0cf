"""The labels that the dashboard shows are the model's."""

import pytest

from resolvers.export_model import FILE, quoted, typescript


def test_the_dashboard_s_labels_are_what_the_model_exports() -> None:
    assert FILE.read_text(encoding="utf-8") == typescript(), "run: python -m resolvers.export_model"


def test_a_measure_and_a_dimension_are_exported_under_the_names_of_the_api() -> None:
    lines = typescript().splitlines()
    assert "  watchHours: { label: 'Hours watched', unit: 'hours', description: 'Hours watched.' }," in lines
    assert "  ageBand: { label: 'Age band', description: " in typescript()


@pytest.mark.parametrize(("text", "literal"), [("a film's", r"'a film\'s'"), ("a\\b", r"'a\\b'")])
def test_what_would_end_a_text_is_escaped(text: str, literal: str) -> None:
    assert quoted(text) == literal
