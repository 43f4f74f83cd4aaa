-- Ids are the 16 bytes of a UUID, instants are milliseconds since 1970 in UTC. What is asked for
-- or compared has a column of its own; the rest of a row is JSON in `doc`.
-- There are no foreign keys: the contract knows no such refusal, and every store must do the same.

CREATE TABLE schema_change (
  version INTEGER PRIMARY KEY,
  applied_at INTEGER NOT NULL
);

CREATE TABLE workspace (
  id BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  data_key BLOB NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE account (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  grant_id BLOB NOT NULL,
  platform TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  name TEXT NOT NULL,
  handle TEXT,
  kind TEXT NOT NULL,
  token BLOB,
  attributes TEXT NOT NULL,
  connected_at INTEGER NOT NULL,
  disconnected_at INTEGER,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, platform, remote_id)
);

-- "grant" is a word of SQL.
CREATE TABLE grants (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  platform TEXT NOT NULL,
  subject TEXT NOT NULL,
  scopes TEXT NOT NULL,
  access BLOB NOT NULL,
  refresh BLOB,
  expires_at INTEGER,
  refresh_expires_at INTEGER,
  status TEXT NOT NULL,
  refreshing_until INTEGER,
  version INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, platform, subject)
);

CREATE TABLE sign_in (
  state TEXT NOT NULL PRIMARY KEY,
  workspace_id BLOB NOT NULL,
  platform TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  verifier BLOB NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX sign_in_end ON sign_in (expires_at);

CREATE TABLE post (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  due_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE delivery (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  post_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  status TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX delivery_of_post ON delivery (workspace_id, post_id, id);
CREATE INDEX delivery_of_account ON delivery (workspace_id, account_id, due_at, id);
CREATE INDEX delivery_status ON delivery (workspace_id, status);

-- `seq` keeps the order of what was written in one millisecond.
CREATE TABLE attempt (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  delivery_id BLOB NOT NULL,
  started_at INTEGER NOT NULL,
  doc TEXT NOT NULL,
  UNIQUE (workspace_id, id)
);
CREATE INDEX attempt_of_delivery ON attempt (workspace_id, delivery_id, started_at, seq);

-- Unfinished jobs only, so that it stays small and hot. A job is `ready` when it waits and nothing
-- of its lane stands before it; of a lane, one job at most is ready or leased. `attempt` is the
-- fencing token and only rises; `starts` counts how often the job was begun since it last made
-- progress.
CREATE TABLE job (
  id BLOB NOT NULL PRIMARY KEY,
  workspace_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  lane BLOB,
  priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1)),
  ready INTEGER NOT NULL CHECK (ready IN (0, 1) AND (ready = 0 OR state = 0)),
  attempt INTEGER NOT NULL DEFAULT 0,
  starts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  lease_until INTEGER,
  task TEXT NOT NULL,
  CHECK ((state = 1) = (lease_until IS NOT NULL))
);
CREATE INDEX job_ready ON job (due_at, priority, id) WHERE ready = 1;
CREATE INDEX job_leased ON job (lease_until) WHERE state = 1;
CREATE INDEX job_lane ON job (lane, due_at, priority, id) WHERE state = 0 AND lane IS NOT NULL;
-- The promise that of a lane at most one job is leased, held by the database itself.
CREATE UNIQUE INDEX job_lane_leased ON job (lane) WHERE state = 1 AND lane IS NOT NULL;
CREATE UNIQUE INDEX job_lane_ready ON job (lane) WHERE ready = 1 AND lane IS NOT NULL;

CREATE TABLE job_parked (
  id BLOB NOT NULL PRIMARY KEY,
  workspace_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  task TEXT NOT NULL,
  story TEXT NOT NULL,
  parked_at INTEGER NOT NULL
);
CREATE INDEX job_parked_of ON job_parked (workspace_id, parked_at, id);

CREATE TABLE pulse (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  claimed_at INTEGER NOT NULL
);

CREATE TABLE asset (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  hash TEXT NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, hash)
);

CREATE TABLE rendition (
  workspace_id BLOB NOT NULL,
  source TEXT NOT NULL,
  plan TEXT NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, source, plan)
);

CREATE TABLE snapshot (
  workspace_id BLOB NOT NULL,
  delivery_id BLOB NOT NULL,
  taken_at INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id, taken_at)
);
CREATE INDEX snapshot_time ON snapshot (workspace_id, taken_at);

-- `seq` is the order in which events were written, and so in which they are told.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  workspace_id BLOB NOT NULL,
  told_at INTEGER,
  doc TEXT NOT NULL
);
CREATE INDEX outbox_pending ON outbox (seq) WHERE told_at IS NULL;

CREATE TABLE request_key (
  workspace_id BLOB NOT NULL,
  key TEXT NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, key)
);

-- Only the hash of a key's secret is kept. What changes has a column; `doc` stays as it was made.
CREATE TABLE api_key (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  revoked_at INTEGER,
  last_used_at INTEGER,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id BLOB NOT NULL,
  doc TEXT NOT NULL
);
CREATE INDEX audit_of ON audit (workspace_id, seq);

CREATE TABLE confirmation (
  workspace_id BLOB NOT NULL,
  hash TEXT NOT NULL,
  actor TEXT NOT NULL,
  payload TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, hash)
);
CREATE INDEX confirmation_end ON confirmation (workspace_id, expires_at);

CREATE TABLE quota_block (
  bucket TEXT NOT NULL PRIMARY KEY,
  until INTEGER NOT NULL
) WITHOUT ROWID;
