"""Five sessions as people send them, of which one is good: the others are kept aside, each for a reason of its own."""

HEADER = "id,user_id,movie_id,start_time,watch_duration_minutes,quality,app"
SESSIONS = f"""{HEADER}
1,1,1,2024-01-01T20:00:00Z,90.5,4K,v1
2,1,1,2024-01-02T20:00:00Z,long,HD,v2
3,1,9,2024-01-03T20:00:00Z,30.25,,v3
4,torn
5,1,1,2024-01-05T20:00:00Z,2000,SD,
"""
