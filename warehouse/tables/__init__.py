"""Tables as such: migrations, reconciling rollups with their declarations, rebuilding, shadow tables, damage."""
