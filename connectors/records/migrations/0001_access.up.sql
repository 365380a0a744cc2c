-- Who may come in. These tables are read before a workspace is known, so they stand outside row-level security.
CREATE TABLE workspaces (
  workspace_id text PRIMARY KEY CHECK (workspace_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  v smallint NOT NULL DEFAULT 1,
  created_at bigint NOT NULL
);

CREATE TABLE accounts (
  id text PRIMARY KEY,
  v smallint NOT NULL DEFAULT 1,
  email text NOT NULL CHECK (email <> ''),
  name text NOT NULL,
  password_hash text,
  created_at bigint NOT NULL
);
CREATE UNIQUE INDEX accounts_email ON accounts (lower(email));

CREATE TABLE members (
  workspace_id text NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  account_id text NOT NULL REFERENCES accounts ON DELETE CASCADE,
  v smallint NOT NULL DEFAULT 1,
  role text NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, account_id)
);

CREATE TABLE login_links (
  workspace_id text NOT NULL,
  hash text NOT NULL CHECK (hash <> ''),
  v smallint NOT NULL DEFAULT 1,
  account_id text NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint,
  PRIMARY KEY (workspace_id, hash),
  UNIQUE (hash),
  FOREIGN KEY (workspace_id, account_id) REFERENCES members ON DELETE CASCADE
);

CREATE TABLE sessions (
  workspace_id text NOT NULL,
  hash text NOT NULL CHECK (hash <> ''),
  v smallint NOT NULL DEFAULT 1,
  account_id text NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, hash),
  UNIQUE (hash),
  FOREIGN KEY (workspace_id, account_id) REFERENCES members ON DELETE CASCADE
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
  workspace_id text NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id text NOT NULL,
  v smallint NOT NULL DEFAULT 1,
  hash text NOT NULL CHECK (hash <> ''),
  scope text NOT NULL CHECK (scope IN ('app', 'workspace', 'ingest')),
  target text,
  prefix text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (hash)
);

-- Of the installation, not of a workspace.
CREATE TABLE settings (
  name text PRIMARY KEY,
  v smallint NOT NULL DEFAULT 1,
  value text NOT NULL
);
