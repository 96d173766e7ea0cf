"""What an operator sees of the server: a line for each request, figures for Prometheus, spans for OpenTelemetry."""
