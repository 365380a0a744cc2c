-- Outlives the source: a name that is used again starts the next incarnation.
CREATE TABLE source_incarnations (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace') REFERENCES workspaces,
  name text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  incarnation integer NOT NULL CHECK (incarnation >= 1),
  PRIMARY KEY (workspace_id, name)
);

CREATE TABLE sources (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  name text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  incarnation integer NOT NULL CHECK (incarnation >= 1),
  partitions integer NOT NULL CHECK (partitions >= 1),
  settings json NOT NULL CHECK ((settings ->> 'v') IS NOT NULL),
  status text NOT NULL CHECK (status IN ('active', 'reading', 'finished', 'failed')),
  error text,
  demo boolean NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, name),
  FOREIGN KEY (workspace_id, name) REFERENCES source_incarnations
);

CREATE TABLE pipelines (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  id text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  source text NOT NULL,
  incarnation integer NOT NULL CHECK (incarnation >= 1),
  app_id text NOT NULL,
  version_id text,
  settings json NOT NULL CHECK ((settings ->> 'v') IS NOT NULL),
  status text NOT NULL CHECK (status IN ('running', 'paused', 'failed', 'finished')),
  epoch bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  error text,
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT pipelines_source FOREIGN KEY (workspace_id, source) REFERENCES sources,
  CONSTRAINT pipelines_app FOREIGN KEY (workspace_id, app_id) REFERENCES apps,
  CONSTRAINT pipelines_version FOREIGN KEY (workspace_id, app_id, version_id) REFERENCES versions (workspace_id, app_id, id)
);

-- Offsets from start_offset up to next_offset (excluded) were planned.
CREATE TABLE pipeline_marks (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  pipeline text NOT NULL,
  partition integer NOT NULL CHECK (partition >= 0),
  v smallint NOT NULL DEFAULT 1,
  start_offset bigint NOT NULL CHECK (start_offset >= 0),
  next_offset bigint NOT NULL,
  PRIMARY KEY (workspace_id, pipeline, partition),
  CHECK (next_offset >= start_offset),
  FOREIGN KEY (workspace_id, pipeline) REFERENCES pipelines ON DELETE CASCADE
);

CREATE TABLE plans (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  id text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  pipeline text NOT NULL,
  epoch bigint NOT NULL,
  version_id text NOT NULL,
  ranges json NOT NULL CHECK ((ranges ->> 'v') IS NOT NULL),
  positions bigint NOT NULL CHECK (positions >= 0),
  state text NOT NULL CHECK (state IN ('planned', 'sealed', 'inserted', 'done')),
  seal_hash text CHECK (seal_hash ~ '^[0-9a-f]{64}$'),
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT plans_seal CHECK ((state = 'planned') = (seal_hash IS NULL)),
  FOREIGN KEY (workspace_id, pipeline) REFERENCES pipelines ON DELETE CASCADE,
  CONSTRAINT plans_version FOREIGN KEY (workspace_id, version_id) REFERENCES versions
);
CREATE INDEX plans_open ON plans (workspace_id, pipeline, created_at, id) WHERE state <> 'done';
CREATE INDEX plans_done ON plans (workspace_id, created_at) WHERE state = 'done';

CREATE TABLE outbox (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  plan_id text NOT NULL,
  id text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  place integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('dead-letter')),
  key text NOT NULL,
  payload text NOT NULL,
  PRIMARY KEY (workspace_id, plan_id, id),
  FOREIGN KEY (workspace_id, plan_id) REFERENCES plans ON DELETE CASCADE
);

-- Written once an event: no foreign key, whose check would cost as much as the insert.
CREATE TABLE claims (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  source text NOT NULL,
  incarnation integer NOT NULL,
  hash uuid NOT NULL,
  partition integer NOT NULL,
  -- what pruning looks for: equal keys make a small index, and only a plain column is usable under row-level security
  minute integer NOT NULL GENERATED ALWAYS AS ((at / 60000)::integer) STORED,
  record_offset bigint NOT NULL,
  at bigint NOT NULL,
  -- owners before this one, flattened (at, partition, offset): a repeated claim gets its first answer again
  earlier bigint[],
  PRIMARY KEY (workspace_id, source, incarnation, hash)
);
-- Without the workspace: with it, a planner without fresh statistics would look up hashes by this index too.
CREATE INDEX claims_minute ON claims (minute);

ALTER TABLE source_incarnations ENABLE ROW LEVEL SECURITY;
ALTER TABLE source_incarnations FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON source_incarnations
  USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE sources FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON sources USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE pipelines ENABLE ROW LEVEL SECURITY;
ALTER TABLE pipelines FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON pipelines USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE pipeline_marks ENABLE ROW LEVEL SECURITY;
ALTER TABLE pipeline_marks FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON pipeline_marks
  USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON plans USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON outbox USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE claims ENABLE ROW LEVEL SECURITY;
ALTER TABLE claims FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON claims USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
