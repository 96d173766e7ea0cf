"""The model: what can be asked. Columns, dimensions, aggregates, measures, facts, rollups and dictionaries as frozen
records.
"""
