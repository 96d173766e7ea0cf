"""HTTP, tokens, settings, the pipeline, and the root of the command line."""
