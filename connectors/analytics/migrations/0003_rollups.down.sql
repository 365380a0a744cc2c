DROP VIEW latency_by_minute_view;
DROP TABLE latency_by_minute;
DROP VIEW decisions_by_hour_view;
DROP TABLE decisions_by_hour;
DROP VIEW decisions_by_minute_view;
DROP TABLE decisions_by_minute;
