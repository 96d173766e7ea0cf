CREATE TABLE IF NOT EXISTS viewing_sessions_staging_local ON CLUSTER films AS viewing_sessions_local
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
PARTITION BY toYYYYMM(start_time)
ORDER BY (toStartOfDay(start_time), movie_key) SETTINGS min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
ALTER TABLE viewing_sessions_local ON CLUSTER films ADD COLUMN IF NOT EXISTS attributes_sent Map(LowCardinality(String), String) AFTER attributes;
ALTER TABLE viewing_sessions_local ON CLUSTER films UPDATE attributes_sent = CAST(
        arrayMap(
            one -> (one.1, if(startsWith(one.2, '"'), JSONExtractString(one.2), one.2)),
            arrayFilter(
                one -> one.2 NOT IN ('null', '""', '{}'),
                arrayFold(
                    (known, level) -> arrayFlatten(arrayMap(
                        one -> if(
                            startsWith(one.2, '{'),
                            arrayMap(
                                inner -> (concat(one.1, '.', inner.1), inner.2), JSONExtractKeysAndValuesRaw(one.2)
                            ),
                            [one]
                        ),
                        known
                    )),
                    range(16),
                    JSONExtractKeysAndValuesRaw(toJSONString(attributes))
                )
            )
        )
        AS Map(String, String)
    )
    WHERE toJSONString(attributes) != '{}' SETTINGS mutations_sync = 2;
ALTER TABLE viewing_sessions_local ON CLUSTER films DROP COLUMN attributes, RENAME COLUMN attributes_sent TO attributes;
ALTER TABLE viewing_sessions_undone_local ON CLUSTER films ADD COLUMN IF NOT EXISTS attributes_sent Map(LowCardinality(String), String) AFTER attributes;
ALTER TABLE viewing_sessions_undone_local ON CLUSTER films UPDATE attributes_sent = CAST(
        arrayMap(
            one -> (one.1, if(startsWith(one.2, '"'), JSONExtractString(one.2), one.2)),
            arrayFilter(
                one -> one.2 NOT IN ('null', '""', '{}'),
                arrayFold(
                    (known, level) -> arrayFlatten(arrayMap(
                        one -> if(
                            startsWith(one.2, '{'),
                            arrayMap(
                                inner -> (concat(one.1, '.', inner.1), inner.2), JSONExtractKeysAndValuesRaw(one.2)
                            ),
                            [one]
                        ),
                        known
                    )),
                    range(16),
                    JSONExtractKeysAndValuesRaw(toJSONString(attributes))
                )
            )
        )
        AS Map(String, String)
    )
    WHERE toJSONString(attributes) != '{}' SETTINGS mutations_sync = 2;
ALTER TABLE viewing_sessions_undone_local ON CLUSTER films DROP COLUMN attributes, RENAME COLUMN attributes_sent TO attributes;
ALTER TABLE viewing_sessions_staging_local ON CLUSTER films ADD COLUMN IF NOT EXISTS attributes_sent Map(LowCardinality(String), String) AFTER attributes;
ALTER TABLE viewing_sessions_staging_local ON CLUSTER films UPDATE attributes_sent = CAST(
        arrayMap(
            one -> (one.1, if(startsWith(one.2, '"'), JSONExtractString(one.2), one.2)),
            arrayFilter(
                one -> one.2 NOT IN ('null', '""', '{}'),
                arrayFold(
                    (known, level) -> arrayFlatten(arrayMap(
                        one -> if(
                            startsWith(one.2, '{'),
                            arrayMap(
                                inner -> (concat(one.1, '.', inner.1), inner.2), JSONExtractKeysAndValuesRaw(one.2)
                            ),
                            [one]
                        ),
                        known
                    )),
                    range(16),
                    JSONExtractKeysAndValuesRaw(toJSONString(attributes))
                )
            )
        )
        AS Map(String, String)
    )
    WHERE toJSONString(attributes) != '{}' SETTINGS mutations_sync = 2;
ALTER TABLE viewing_sessions_staging_local ON CLUSTER films DROP COLUMN attributes, RENAME COLUMN attributes_sent TO attributes;
ALTER TABLE rejected_rows ON CLUSTER films UPDATE original = toJSONString(mapUpdate(
        JSONExtract(original, 'Map(String, Nullable(String))'),
        map('attributes', toNullable(toJSONString(CAST(
        arrayMap(
            one -> (one.1, if(startsWith(one.2, '"'), JSONExtractString(one.2), one.2)),
            arrayFilter(
                one -> one.2 NOT IN ('null', '""', '{}'),
                arrayFold(
                    (known, level) -> arrayFlatten(arrayMap(
                        one -> if(
                            startsWith(one.2, '{'),
                            arrayMap(
                                inner -> (concat(one.1, '.', inner.1), inner.2), JSONExtractKeysAndValuesRaw(one.2)
                            ),
                            [one]
                        ),
                        known
                    )),
                    range(16),
                    JSONExtractKeysAndValuesRaw(JSONExtractString(original, 'attributes'))
                )
            )
        )
        AS Map(String, String)
        ))))
    ))
    WHERE table = 'viewing_sessions' AND reason IN ('UNKNOWN_USER', 'UNKNOWN_MOVIE', 'CONFLICT')
    AND JSONHas(original, 'start_time') AND isValidJSON(JSONExtractString(original, 'attributes'))
    SETTINGS mutations_sync = 2;
