"""Live traffic: a generated film service, sent to a running server for as long as requested."""
