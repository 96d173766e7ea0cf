"""Film charts as one statement of the engine: an independent way to the same places, timed beside the job."""

WINDOWS = """
WITH
    views AS
    (
        SELECT
            movie_key,
            arrayJoin([
                ('ALL', ''),
                ('GENRE', if(dictGet('movies_dictionary', 'genre', movie_key) = '', 'Unknown',
                    dictGet('movies_dictionary', 'genre', movie_key))),
                ('COUNTRY', if(dictGet('users_dictionary', 'country', user_key) = '', 'Unknown',
                    dictGet('users_dictionary', 'country', user_key))),
                ('DEVICE', if(device_type = '', 'Unknown', device_type))
            ]) AS cut,
            arrayJoin([('WEEK', toStartOfWeek(start_time, 1)), ('MONTH', toStartOfMonth(start_time))]) AS span,
            count() AS views
        FROM viewing_sessions
        GROUP BY ALL
    )
SELECT
    span.1 AS period, span.2 AS period_start, cut.1 AS by, cut.2 AS value, movie_key, views,
    rank() OVER (PARTITION BY cut, span ORDER BY views DESC) AS ranked,
    dense_rank() OVER (PARTITION BY cut, span ORDER BY views DESC) AS densely
FROM views
ORDER BY ALL
"""
