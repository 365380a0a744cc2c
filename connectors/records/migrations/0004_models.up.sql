CREATE TABLE policies (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace') REFERENCES workspaces,
  id text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  v smallint NOT NULL DEFAULT 1,
  -- title, text and clauses
  body json NOT NULL CHECK ((body ->> 'v') IS NOT NULL),
  author text NOT NULL,
  note text NOT NULL,
  PRIMARY KEY (workspace_id, id, version)
);

CREATE TABLE sample_sets (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace') REFERENCES workspaces,
  name text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  v smallint NOT NULL DEFAULT 1,
  rows integer NOT NULL CHECK (rows >= 0),
  labels json NOT NULL CHECK ((labels ->> 'v') IS NOT NULL),
  blob text NOT NULL,
  provenance text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, name, version)
);

CREATE TABLE models (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace') REFERENCES workspaces,
  name text NOT NULL,
  provider text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  kind text NOT NULL CHECK (kind IN ('llm', 'text-embedding', 'rerank')),
  base_url text NOT NULL,
  api_key_sealed text,
  prompt_price double precision CHECK (prompt_price >= 0),
  completion_price double precision CHECK (completion_price >= 0),
  PRIMARY KEY (workspace_id, name, provider)
);

CREATE TABLE classifiers (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  name text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  v smallint NOT NULL DEFAULT 1,
  blob text NOT NULL,
  hash text NOT NULL,
  sample_set text NOT NULL,
  sample_set_version integer NOT NULL,
  report text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, name, version),
  CONSTRAINT classifiers_sample_set
    FOREIGN KEY (workspace_id, sample_set, sample_set_version) REFERENCES sample_sets
);

ALTER TABLE policies ENABLE ROW LEVEL SECURITY;
ALTER TABLE policies FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON policies USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE sample_sets ENABLE ROW LEVEL SECURITY;
ALTER TABLE sample_sets FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON sample_sets USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE models ENABLE ROW LEVEL SECURITY;
ALTER TABLE models FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON models USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE classifiers ENABLE ROW LEVEL SECURITY;
ALTER TABLE classifiers FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON classifiers USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
