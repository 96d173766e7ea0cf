-- Attributes become texts by path: a JSON column guesses types, and made dates of texts, dropped offsets and digits, and
-- could not hold a name beside its own with a dot. Writes the column of each session anew, waits for it, and writes rows
-- that wait in the quarantine anew too. Every value is kept as it was shown. What was guessed wrong before stays: that
-- `2025-03-02` was sent as `2025-02-30`, or `2026-01-07 00:00:00` as another text, is stored nowhere. Have a file loaded
-- in the place of its load (`--replace`) to mend that; this lists loads that may need it:
--   SELECT load_id, count() FROM viewing_sessions
--   WHERE arrayExists(text -> match(text, '^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$'), mapValues(attributes))
--   GROUP BY load_id ORDER BY load_id
-- An object in more than 16 levels stays JSON from there on. May be repeated at any point: a map's JSON is flat already.
-- Undo: of the three tables, add a column JSON(max_dynamic_paths = 64), fill it with CAST(toJSONString(attributes) AS
-- JSON(max_dynamic_paths = 64)), and let it take the name; guesses come back with it.
CREATE TABLE viewing_sessions_staging AS viewing_sessions;

ALTER TABLE viewing_sessions
    ADD COLUMN IF NOT EXISTS attributes_sent Map(LowCardinality(String), String) AFTER attributes;
ALTER TABLE viewing_sessions UPDATE attributes_sent = CAST(
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
ALTER TABLE viewing_sessions DROP COLUMN attributes, RENAME COLUMN attributes_sent TO attributes;

ALTER TABLE viewing_sessions_undone
    ADD COLUMN IF NOT EXISTS attributes_sent Map(LowCardinality(String), String) AFTER attributes;
ALTER TABLE viewing_sessions_undone UPDATE attributes_sent = CAST(
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
ALTER TABLE viewing_sessions_undone DROP COLUMN attributes, RENAME COLUMN attributes_sent TO attributes;

ALTER TABLE viewing_sessions_staging
    ADD COLUMN IF NOT EXISTS attributes_sent Map(LowCardinality(String), String) AFTER attributes;
ALTER TABLE viewing_sessions_staging UPDATE attributes_sent = CAST(
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
ALTER TABLE viewing_sessions_staging DROP COLUMN attributes, RENAME COLUMN attributes_sent TO attributes;

ALTER TABLE rejected_rows UPDATE original = toJSONString(mapUpdate(
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
