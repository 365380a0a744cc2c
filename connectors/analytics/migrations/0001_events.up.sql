-- Every source record, bound to a pipeline or not. Partitioned by the day of receipt, so that a partition is complete
-- once its day is over, whatever times the events carry.
CREATE TABLE IF NOT EXISTS events
(
    workspace LowCardinality(String),
    source LowCardinality(String),
    incarnation UInt32,
    `partition` UInt32,
    `offset` UInt64 CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    event_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    time_clamped Bool,
    event_id String CODEC(ZSTD(1)),
    event_type LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    -- The whole event as JSON, or the raw record where it could not be read.
    payload String CODEC(ZSTD(1)),
    -- Empty for a well-formed event, else a code of the error table.
    error_code LowCardinality(String),
    error_message String CODEC(ZSTD(1)),
    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX by_subject subject TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (workspace, source, incarnation, `partition`, `offset`)
SETTINGS non_replicated_deduplication_window = 10000;
