-- Facts of loads that were taken back: no question of the present reads them, one as of before the undo does.
-- Same columns as the facts, in the same order: who adds one there adds it here. Rewrites nothing.
-- Undo: DROP TABLE viewing_sessions_undone, ratings_undone; answers as of before an undo lack those rows then.
CREATE TABLE viewing_sessions_undone AS viewing_sessions;

CREATE TABLE ratings_undone AS ratings;
