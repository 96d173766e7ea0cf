"""`python -m resolvers.export_model` writes `client/src/model.ts`, the dashboard's labels and units. A test compares it
with the model.
"""

from collections.abc import Iterator
from pathlib import Path

from strawberry.utils.str_converters import to_camel_case

from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES

FILE = Path(__file__).parent.parent / "client" / "src" / "model.ts"


def typescript() -> str:
    """The model as the text of the TypeScript module, with the API's field names."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "/** The model's measures and dimensions. Written by `python -m resolvers.export_model`: do not edit. */"
    yield ""
    yield "export const MEASURES = {"
    for measure in MEASURES.values():
        unit = to_camel_case(measure.unit.value.lower())
        yield _entry(measure.slug, label=measure.label, unit=unit, description=measure.description)
    yield "} as const;"
    yield ""
    yield "export const DIMENSIONS = {"
    for dimension in DIMENSIONS.values():
        yield _entry(dimension.slug, label=dimension.label, description=dimension.description)
    yield "} as const;"
    yield ""
    yield "export type MeasureName = keyof typeof MEASURES;"
    yield "export type DimensionName = keyof typeof DIMENSIONS;"
    yield "export type MeasureUnit = (typeof MEASURES)[MeasureName]['unit'];"


def _entry(slug: str, **texts: str) -> str:
    return f"  {to_camel_case(slug)}: {{ {', '.join(f'{name}: {quoted(text)}' for name, text in texts.items())} }},"


def quoted(text: str) -> str:
    """A string as a TypeScript literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


if __name__ == "__main__":
    FILE.write_text(typescript(), encoding="utf-8")
