DROP VIEW IF EXISTS latency_by_hour_view;
DROP TABLE IF EXISTS latency_by_hour;
DROP VIEW IF EXISTS decisions_by_hour_view;
DROP TABLE IF EXISTS decisions_by_hour;
DROP VIEW IF EXISTS decisions_by_minute_view;
DROP TABLE IF EXISTS decisions_by_minute;
