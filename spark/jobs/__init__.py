"""One module per job: read Parquet, call a transform, write Parquet. `python -m spark.jobs.NAME`, or spark-submit."""
