-- Instants are milliseconds since 1970 in UTC. What is asked for or compared has a column of its
-- own; the rest of a row is JSON in `doc`, as text: `jsonb` refuses what JSON allows (U+0000) and
-- does not give back what was put in.
-- There are no foreign keys: the contract knows no such refusal, and every store must do the same.

CREATE TABLE schema_change (
  version bigint PRIMARY KEY,
  applied_at bigint NOT NULL
);

CREATE TABLE workspace (
  id uuid NOT NULL PRIMARY KEY,
  name text NOT NULL,
  data_key bytea NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE account (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  grant_id uuid NOT NULL,
  platform text NOT NULL,
  remote_id text NOT NULL,
  name text NOT NULL,
  handle text,
  kind text NOT NULL,
  token bytea,
  attributes text NOT NULL,
  connected_at bigint NOT NULL,
  disconnected_at bigint,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, platform, remote_id)
);

-- "grant" is a word of SQL.
CREATE TABLE grants (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  platform text NOT NULL,
  subject text NOT NULL,
  scopes text NOT NULL,
  access bytea NOT NULL,
  refresh bytea,
  expires_at bigint,
  refresh_expires_at bigint,
  status text NOT NULL,
  refreshing_until bigint,
  version bigint NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, platform, subject)
);

CREATE TABLE sign_in (
  state text NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  platform text NOT NULL,
  redirect_uri text NOT NULL,
  verifier bytea NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX sign_in_end ON sign_in (expires_at);

CREATE TABLE post (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  due_at bigint NOT NULL,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE delivery (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  post_id uuid NOT NULL,
  account_id uuid NOT NULL,
  status text NOT NULL,
  due_at bigint NOT NULL,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX delivery_of_post ON delivery (workspace_id, post_id, id);
CREATE INDEX delivery_of_account ON delivery (workspace_id, account_id, due_at, id);
CREATE INDEX delivery_status ON delivery (workspace_id, status);

-- `seq` keeps the order of what was written in one millisecond.
CREATE TABLE attempt (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  started_at bigint NOT NULL,
  doc text NOT NULL,
  UNIQUE (workspace_id, id)
);
CREATE INDEX attempt_of_delivery ON attempt (workspace_id, delivery_id, started_at, seq);

-- Unfinished jobs only, so that it stays small and hot. `attempt` is the fencing token and only
-- rises; `starts` counts how often the job was begun since it last made progress. Indexes lead
-- with the due time: whatever waits for later costs a claim nothing.
CREATE TABLE job (
  id uuid NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  kind text NOT NULL,
  key text NOT NULL UNIQUE,
  lane uuid,
  priority smallint NOT NULL,
  due_at bigint NOT NULL,
  state smallint NOT NULL DEFAULT 0 CHECK (state IN (0, 1)),
  attempt bigint NOT NULL DEFAULT 0,
  starts bigint NOT NULL DEFAULT 0,
  max_attempts bigint NOT NULL,
  lease_until bigint,
  task text NOT NULL,
  CHECK ((state = 1) = (lease_until IS NOT NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX job_free ON job (due_at, priority, id) WHERE state = 0 AND lane IS NULL;
CREATE INDEX job_leased ON job (lease_until) WHERE state = 1;
CREATE INDEX job_lane ON job (lane, due_at, priority, id) WHERE state = 0 AND lane IS NOT NULL;
-- The promise that of a lane at most one job is leased, held by the database itself.
CREATE UNIQUE INDEX job_lane_leased ON job (lane) WHERE state = 1 AND lane IS NOT NULL;

-- A row for each lane, with the job that can be handed out next: none while one is leased. So a
-- claim reads as many rows as it hands out, however many wait in a lane behind them.
CREATE TABLE lane (
  id uuid NOT NULL PRIMARY KEY,
  head uuid,
  due_at bigint,
  priority smallint,
  CHECK ((head IS NULL) = (due_at IS NULL) AND (head IS NULL) = (priority IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
CREATE INDEX lane_due ON lane (due_at, priority, head) WHERE head IS NOT NULL;

-- Puts lanes in order after any of their jobs changed. Each unit does it last, with all its lanes
-- at once and in one order, so that two units never wait for each other. Each statement of a
-- function sees what was committed before it began: once the lanes are locked, that is all.
CREATE FUNCTION order_lanes(touched uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lane (id)
    SELECT t FROM unnest(touched) AS t WHERE NOT EXISTS (SELECT 1 FROM lane WHERE id = t)
    ORDER BY t ON CONFLICT DO NOTHING;
  PERFORM 1 FROM lane WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
  UPDATE lane SET head = h.id, due_at = h.due_at, priority = h.priority
    FROM unnest(touched) AS t LEFT JOIN LATERAL (
      SELECT j.id, j.due_at, j.priority FROM job AS j
      WHERE j.lane = t AND j.state = 0
        AND NOT EXISTS (SELECT 1 FROM job AS b WHERE b.lane = t AND b.state = 1)
      ORDER BY j.due_at, j.priority, j.id LIMIT 1
    ) AS h ON true
    WHERE lane.id = t
      AND (lane.head, lane.due_at, lane.priority)
        IS DISTINCT FROM (h.id, h.due_at, h.priority);
END $$;

CREATE TABLE job_parked (
  id uuid NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  kind text NOT NULL,
  task text NOT NULL,
  story text NOT NULL,
  parked_at bigint NOT NULL
);
CREATE INDEX job_parked_of ON job_parked (workspace_id, parked_at, id);

CREATE TABLE pulse (
  one bigint PRIMARY KEY CHECK (one = 1),
  claimed_at bigint NOT NULL
);

CREATE TABLE asset (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  hash text NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, hash)
);

CREATE TABLE rendition (
  workspace_id uuid NOT NULL,
  source text NOT NULL,
  plan text NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, source, plan)
);

CREATE TABLE snapshot (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  taken_at bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id, taken_at)
);
CREATE INDEX snapshot_time ON snapshot (workspace_id, taken_at);

-- `seq` is the order in which events were written, and so in which they are told.
CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  workspace_id uuid NOT NULL,
  told_at bigint,
  doc text NOT NULL
);
CREATE INDEX outbox_pending ON outbox (seq) WHERE told_at IS NULL;

CREATE TABLE request_key (
  workspace_id uuid NOT NULL,
  key text NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, key)
);

-- Only the hash of a key's secret is kept. What changes has a column; `doc` stays as it was made.
CREATE TABLE api_key (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  hash text NOT NULL UNIQUE,
  revoked_at bigint,
  last_used_at bigint,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE audit (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id uuid NOT NULL,
  doc text NOT NULL
);
CREATE INDEX audit_of ON audit (workspace_id, seq);

CREATE TABLE confirmation (
  workspace_id uuid NOT NULL,
  hash text NOT NULL,
  actor text NOT NULL,
  payload text NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, hash)
);
CREATE INDEX confirmation_end ON confirmation (workspace_id, expires_at);

CREATE TABLE quota_block (
  bucket text NOT NULL PRIMARY KEY,
  until bigint NOT NULL
);
