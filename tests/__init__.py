"""Tests: unit, integration, browser, bench. A package, for some wheels install a `tests` of their own."""
