"""What comes in: the demo generator, the readers of files, validation into typed Arrow batches, and the loader.

No SQL and no DDL live here: a load is handed to `warehouse` row by row batch, in the shape of `warehouse.incoming`.
"""
