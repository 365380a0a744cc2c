DROP TABLE claims;
DROP TABLE outbox;
DROP TABLE plans;
DROP TABLE pipeline_marks;
DROP TABLE pipelines;
DROP TABLE sources;
DROP TABLE source_incarnations;
