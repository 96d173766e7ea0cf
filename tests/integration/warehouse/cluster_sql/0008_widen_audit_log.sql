ALTER TABLE audit_log ON CLUSTER films ADD COLUMN IF NOT EXISTS id UInt128 FIRST,
    ADD COLUMN IF NOT EXISTS kind LowCardinality(String) AFTER at,
    ADD COLUMN IF NOT EXISTS issuer LowCardinality(String) AFTER role,
    ADD COLUMN IF NOT EXISTS token_id String AFTER issuer,
    ADD COLUMN IF NOT EXISTS scope Array(String) AFTER token_id,
    ADD COLUMN IF NOT EXISTS fields Array(String) AFTER operation,
    ADD COLUMN IF NOT EXISTS document_hash String AFTER fields,
    ADD COLUMN IF NOT EXISTS unmasked Array(LowCardinality(String)) AFTER document_hash,
    ADD COLUMN IF NOT EXISTS rows UInt64 AFTER unmasked,
    ADD COLUMN IF NOT EXISTS detail String AFTER outcome,
    MODIFY ORDER BY (at, id);
ALTER TABLE audit_log ON CLUSTER films MODIFY SETTING replicated_deduplication_window = 100;
