"""Insights: deeper questions that no grouping answers, one module each, over the same masked and scoped sessions."""
