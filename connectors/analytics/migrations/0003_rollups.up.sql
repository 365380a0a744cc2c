-- Counts by minute, for short ranges and the edges of long ones. Columns add up over signs, so they may be negative
-- within a part.
CREATE TABLE IF NOT EXISTS decisions_by_minute
(
    workspace LowCardinality(String),
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    purpose LowCardinality(String),
    pipeline LowCardinality(String),
    app_id LowCardinality(String),
    status LowCardinality(String),
    label LowCardinality(String),
    surface LowCardinality(String),
    action LowCardinality(String),
    decisions Int64,
    tokens Int64,
    cost Float64,
    run_ms Float64
)
ENGINE = SummingMergeTree((decisions, tokens, cost, run_ms))
PARTITION BY toYYYYMM(minute)
ORDER BY (workspace, minute, purpose, pipeline, app_id, status, label, surface, action)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS decisions_by_minute_view TO decisions_by_minute AS
SELECT
    workspace,
    toStartOfMinute(event_time) AS minute,
    purpose,
    pipeline,
    app_id,
    status,
    label,
    surface,
    action,
    sum(fact.sign) AS decisions,
    sum(toInt64(fact.tokens) * fact.sign) AS tokens,
    sum(fact.cost * fact.sign) AS cost,
    sum(fact.run_ms * fact.sign) AS run_ms
FROM decisions AS fact
GROUP BY workspace, minute, purpose, pipeline, app_id, status, label, surface, action;

-- The same by hour, for long ranges. It is fed by what reaches the table by minute: that is small already, and a second view
-- on the decisions themselves would slow every insert.
CREATE TABLE IF NOT EXISTS decisions_by_hour
(
    workspace LowCardinality(String),
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    purpose LowCardinality(String),
    pipeline LowCardinality(String),
    app_id LowCardinality(String),
    status LowCardinality(String),
    label LowCardinality(String),
    surface LowCardinality(String),
    action LowCardinality(String),
    decisions Int64,
    tokens Int64,
    cost Float64,
    run_ms Float64
)
ENGINE = SummingMergeTree((decisions, tokens, cost, run_ms))
PARTITION BY toYYYYMM(hour)
ORDER BY (workspace, hour, purpose, pipeline, app_id, status, label, surface, action)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS decisions_by_hour_view TO decisions_by_hour AS
SELECT
    workspace,
    toStartOfHour(minute) AS hour,
    purpose,
    pipeline,
    app_id,
    status,
    label,
    surface,
    action,
    sum(fact.decisions) AS decisions,
    sum(fact.tokens) AS tokens,
    sum(fact.cost) AS cost,
    sum(fact.run_ms) AS run_ms
FROM decisions_by_minute AS fact
GROUP BY workspace, hour, purpose, pipeline, app_id, status, label, surface, action;

-- Latency as a histogram with logarithmic buckets, eight to a doubling: a quantile read from it is at most 4.5 % off.
-- bucket = floor(log2(milliseconds + 1) * 8). Parts of an hour are read from the decisions themselves.
CREATE TABLE IF NOT EXISTS latency_by_hour
(
    workspace LowCardinality(String),
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    purpose LowCardinality(String),
    pipeline LowCardinality(String),
    app_id LowCardinality(String),
    bucket UInt16,
    decisions Int64
)
ENGINE = SummingMergeTree((decisions))
PARTITION BY toYYYYMM(hour)
ORDER BY (workspace, hour, purpose, pipeline, app_id, bucket)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS latency_by_hour_view TO latency_by_hour AS
SELECT
    workspace,
    toStartOfHour(event_time) AS hour,
    purpose,
    pipeline,
    app_id,
    toUInt16(floor(log2(latency_ms + 1) * 8)) AS bucket,
    sum(fact.sign) AS decisions
FROM decisions AS fact
WHERE status = 'decided'
GROUP BY workspace, hour, purpose, pipeline, app_id, bucket;
