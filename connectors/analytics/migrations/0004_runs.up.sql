-- Executions of app versions. Position columns are empty (0) for runs that did not come from a stream.
CREATE TABLE IF NOT EXISTS runs
(
    workspace LowCardinality(String),
    run_id String CODEC(ZSTD(1)),
    app_id LowCardinality(String),
    version_id LowCardinality(String),
    purpose LowCardinality(String),
    user String CODEC(ZSTD(1)),
    pipeline LowCardinality(String),
    source LowCardinality(String),
    incarnation UInt32,
    `partition` UInt32,
    `offset` UInt64,
    status LowCardinality(String),
    inputs String CODEC(ZSTD(1)),
    outputs String CODEC(ZSTD(1)),
    error String CODEC(ZSTD(1)),
    error_node LowCardinality(String),
    verdict String CODEC(ZSTD(1)),
    started_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    finished_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    elapsed_ms Float64,
    steps UInt32,
    exceptions UInt32,
    tokens UInt64,
    cost Float64
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(started_at)
ORDER BY (workspace, run_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS node_runs
(
    workspace LowCardinality(String),
    run_id String CODEC(ZSTD(1)),
    id String CODEC(ZSTD(1)),
    app_id LowCardinality(String),
    version_id LowCardinality(String),
    purpose LowCardinality(String),
    node_id LowCardinality(String),
    node_type LowCardinality(String),
    title LowCardinality(String),
    `index` UInt32,
    status LowCardinality(String),
    inputs String CODEC(ZSTD(1)),
    process_data String CODEC(ZSTD(1)),
    outputs String CODEC(ZSTD(1)),
    error String CODEC(ZSTD(1)),
    error_type LowCardinality(String),
    handle LowCardinality(String),
    attempts UInt16,
    started_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    elapsed_ms Float64,
    tokens UInt64,
    cost Float64
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(started_at)
ORDER BY (workspace, run_id, `index`)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS model_calls
(
    workspace LowCardinality(String),
    run_id String CODEC(ZSTD(1)),
    id String CODEC(ZSTD(1)),
    app_id LowCardinality(String),
    version_id LowCardinality(String),
    purpose LowCardinality(String),
    node_id LowCardinality(String),
    provider LowCardinality(String),
    model LowCardinality(String),
    kind LowCardinality(String),
    status LowCardinality(String),
    error String CODEC(ZSTD(1)),
    prompt_tokens UInt64,
    completion_tokens UInt64,
    cost Float64,
    started_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    elapsed_ms Float64,
    first_token_ms Nullable(Float64)
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(started_at)
ORDER BY (workspace, run_id, started_at)
SETTINGS non_replicated_deduplication_window = 10000;
