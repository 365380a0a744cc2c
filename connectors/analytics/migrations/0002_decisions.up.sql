-- The terminal row of an event under one purpose.
-- The sort key begins with the hour of the event: a page of the newest decisions reads the newest hours and stops there,
-- and within an hour app and label still prune.
-- A correction writes the old row again with sign -1 and the new revision with sign 1, so that sum(sign) counts what
-- holds, here and in every rollup.
CREATE TABLE IF NOT EXISTS decisions
(
    workspace LowCardinality(String),
    pipeline LowCardinality(String),
    source LowCardinality(String),
    incarnation UInt32,
    `partition` UInt32,
    `offset` UInt64 CODEC(Delta, ZSTD(1)),
    purpose LowCardinality(String),
    job_id LowCardinality(String),
    revision UInt32,
    sign Int8 DEFAULT 1,
    status LowCardinality(String),
    app_id LowCardinality(String),
    version_id LowCardinality(String),
    plan_id String CODEC(ZSTD(1)),
    run_id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    event_type LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    event_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    time_clamped Bool,
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    decided_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    payload_hash String CODEC(ZSTD(1)),
    surface LowCardinality(String),
    report_reason LowCardinality(String),
    language LowCardinality(String),
    preview String CODEC(ZSTD(1)),
    label LowCardinality(String),
    labels Array(LowCardinality(String)),
    score Float64,
    action LowCardinality(String),
    reason String CODEC(ZSTD(1)),
    policy_id LowCardinality(String),
    policy_clause LowCardinality(String),
    policy_version UInt32,
    error_code LowCardinality(String),
    error_message String CODEC(ZSTD(1)),
    duplicate_of String CODEC(ZSTD(1)),
    attempts UInt16,
    latency_ms Float64,
    run_ms Float64,
    tokens UInt64,
    cost Float64,
    INDEX by_run run_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX by_subject subject TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX by_offset `offset` TYPE minmax GRANULARITY 1,
    INDEX corrections sign TYPE set(2) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (workspace, toStartOfHour(event_time), app_id, label, event_time)
SETTINGS non_replicated_deduplication_window = 10000;
