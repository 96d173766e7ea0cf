-- People who were forgotten: `forgotten` has a row for each time, with nothing in it that names anybody: the tombstone
-- is a keyed hash of the id. `keys_given` is the highest user_key that was given by then: none is given twice.
-- `forgetting` says what is under way, for opening to finish it; it is empty otherwise. Rewrites nothing.
-- Undo: DROP TABLE forgotten, forgetting. Whoever was forgotten comes back with the next file.
CREATE TABLE forgotten
(
    tombstone FixedString(16),
    key_check String,
    keys_given UInt32,
    removed Map(String, UInt64),
    by String,
    at DateTime64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY at;

CREATE TABLE forgetting
(
    user_id UInt128,
    user_key UInt32,
    months Array(String),
    tombstone FixedString(16),
    key_check String,
    keys_given UInt32,
    removed Map(String, UInt64),
    by String,
    at DateTime64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY at;
