"""Live traffic: a made-up film service that goes on as long as it is asked to, sent to a running server."""
