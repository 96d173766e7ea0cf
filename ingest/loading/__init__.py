"""Loading files: one or several, read ahead, in batches; what goes wrong stays where it went wrong."""
