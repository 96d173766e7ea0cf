"""Live traffic: a generated film service, sent to a running server or to topics for as long as requested."""
