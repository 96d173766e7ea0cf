"""The model: columns, dimensions, aggregates, measures, facts, rollups and dictionaries as frozen records."""
