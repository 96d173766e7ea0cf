"""A second answer to every question: plain Python over rows, written from what the API promises, not from its code."""
