-- `workspace_id` fills itself from the session, so that no statement of a repository names a workspace.
CREATE TABLE apps (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace') REFERENCES workspaces,
  id text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  name text NOT NULL,
  description text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('workflow', 'advanced-chat', 'chat', 'agent-chat', 'completion')),
  icon text NOT NULL,
  draft text NOT NULL,
  published_version text,
  demo boolean NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE versions (
  workspace_id text NOT NULL DEFAULT current_setting('riskloom.workspace'),
  id text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  app_id text NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  hash text NOT NULL,
  document text NOT NULL,
  -- json keeps the text as it came, so that a hash over it can be checked again
  bindings json NOT NULL CHECK ((bindings ->> 'v') IS NOT NULL),
  semantics integer NOT NULL CHECK (semantics >= 1),
  author text NOT NULL,
  note text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, app_id, number),
  UNIQUE (workspace_id, app_id, id),
  FOREIGN KEY (workspace_id, app_id) REFERENCES apps ON DELETE CASCADE
);

ALTER TABLE apps
  ADD CONSTRAINT apps_published_version
  FOREIGN KEY (workspace_id, id, published_version) REFERENCES versions (workspace_id, app_id, id);

ALTER TABLE apps ENABLE ROW LEVEL SECURITY;
ALTER TABLE apps FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON apps USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
ALTER TABLE versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE versions FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON versions USING (workspace_id = (SELECT nullif(current_setting('riskloom.workspace', true), '')));
