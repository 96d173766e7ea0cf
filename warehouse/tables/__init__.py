"""Tables: migrations, reconciliation with the model, rebuilding, shadow tables and damage."""
