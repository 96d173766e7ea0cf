"""Data quality: checks that run after loads, declared once, measured on rollups where these can answer, and stored."""
