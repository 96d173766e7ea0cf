"""The audit log: what a record holds, how records reach the table, and the table itself."""
