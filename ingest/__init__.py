"""What comes in: the demo generator, the readers of files, validation into typed Arrow batches, and the loader.

No SQL or DDL here: rows go to `warehouse` in batches, in the shape of `warehouse.tables.incoming_schemas`.
"""
