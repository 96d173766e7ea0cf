"""Data quality: what is checked after loads, declared once, measured on rollups where they can answer, and kept."""
