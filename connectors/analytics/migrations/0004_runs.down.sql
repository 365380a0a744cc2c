DROP TABLE model_calls;
DROP TABLE node_runs;
DROP TABLE runs;
