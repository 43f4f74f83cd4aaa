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

-- One a network: who signs in again begins anew.
CREATE TABLE choice (
  workspace_id uuid NOT NULL,
  platform text NOT NULL,
  hash text NOT NULL UNIQUE,
  options text NOT NULL,
  secret bytea NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (workspace_id, platform)
);
CREATE INDEX choice_end ON choice (expires_at);

CREATE TABLE post (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  due_at bigint NOT NULL,
  version bigint NOT NULL,
  doc text NOT NULL,
  -- What its deliveries make it; a trigger below keeps it.
  status text NOT NULL DEFAULT 'draft',
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX post_status ON post (workspace_id, status, id);

CREATE TABLE series (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- Of one wall time of a series there is one post at most: what was begun twice ends once.
CREATE TABLE occurrence (
  workspace_id uuid NOT NULL,
  series_id uuid NOT NULL,
  wall text NOT NULL,
  post_id uuid,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, series_id, wall)
);

-- The nil id stands for all accounts of the workspace.
CREATE TABLE quiet_hours (
  workspace_id uuid NOT NULL,
  account_id uuid NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, account_id)
);

CREATE TABLE slot_plan (
  workspace_id uuid NOT NULL,
  account_id uuid NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, account_id)
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
  platform text NOT NULL,
  -- What it says, to be compared with others; none once it was removed.
  said bytea,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX delivery_of_post ON delivery (workspace_id, post_id, id);
CREATE INDEX delivery_of_platform ON delivery (workspace_id, platform, post_id);
CREATE INDEX delivery_of_account ON delivery (workspace_id, account_id, due_at, id);
CREATE INDEX delivery_status ON delivery (workspace_id, status);

-- A post stands as its deliveries do, by the same rule as `PostStatus::of`: a behaviour of the
-- conformance suite compares the two. Only a change of status costs anything.
CREATE VIEW post_standing AS
SELECT workspace_id, post_id, CASE
  WHEN count(*) FILTER (WHERE status <> 'cancelled') = 0 THEN 'cancelled'
  WHEN count(*) FILTER (WHERE status = 'publishing') > 0 THEN 'publishing'
  WHEN count(*) FILTER (WHERE status = 'pending_approval') > 0 THEN 'pending_approval'
  WHEN count(*) FILTER (WHERE status = 'scheduled') > 0
    THEN CASE WHEN count(*) FILTER (WHERE status = 'published') > 0
      THEN 'publishing' ELSE 'scheduled' END
  WHEN count(*) FILTER (WHERE status = 'draft') > 0 THEN 'draft'
  WHEN count(*) FILTER (WHERE status = 'unconfirmed') > 0 THEN 'unconfirmed'
  WHEN count(*) FILTER (WHERE status NOT IN ('published', 'cancelled')) = 0 THEN 'published'
  WHEN count(*) FILTER (WHERE status = 'published') > 0 THEN 'partial'
  ELSE 'failed'
END AS status
FROM delivery GROUP BY workspace_id, post_id;

-- The post is locked before it is reckoned: of two deliveries that change at once the later then
-- sees both, since each statement of a function sees what was committed before it began.
CREATE FUNCTION stand_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM post WHERE workspace_id = new.workspace_id AND id = new.post_id
    FOR NO KEY UPDATE;
  UPDATE post SET status = standing.status FROM post_standing AS standing
    WHERE standing.workspace_id = new.workspace_id AND standing.post_id = new.post_id
      AND post.workspace_id = new.workspace_id AND post.id = new.post_id
      AND post.status <> standing.status;
  RETURN NULL;
END $$;
CREATE TRIGGER delivery_joins AFTER INSERT ON delivery
  FOR EACH ROW EXECUTE FUNCTION stand_post();
CREATE TRIGGER delivery_changes AFTER UPDATE OF status ON delivery
  FOR EACH ROW WHEN (old.status <> new.status) EXECUTE FUNCTION stand_post();

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
  key text COLLATE "C" NOT NULL UNIQUE,
  lane uuid,
  priority smallint NOT NULL,
  due_at bigint NOT NULL,
  state smallint NOT NULL DEFAULT 0 CHECK (state IN (0, 1)),
  attempt bigint NOT NULL DEFAULT 0,
  starts bigint NOT NULL DEFAULT 0,
  max_attempts bigint NOT NULL,
  lease_until bigint,
  task text NOT NULL,
  platform text,
  CHECK ((state = 1) = (lease_until IS NOT NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX job_free ON job (due_at, priority, id) WHERE state = 0 AND lane IS NULL;
-- Those that go before the rest of the free ones, so that these need not be looked through.
CREATE INDEX job_soon ON job (due_at, priority, id)
  WHERE state = 0 AND lane IS NULL AND priority < 4;
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
  workspace_id uuid,
  platform text,
  CHECK ((head IS NULL) = (due_at IS NULL) AND (head IS NULL) = (priority IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
CREATE INDEX lane_due ON lane (due_at, priority, head) WHERE head IS NOT NULL;

-- Puts lanes in order after any of their jobs changed. Each unit does it last, with all its lanes
-- at once and in one order, so that two units never wait for each other. Each statement of a
-- function sees what was committed before it began: once the lanes are locked, that is all.
CREATE FUNCTION order_lanes(touched uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  made uuid[];
BEGIN
  IF cardinality(touched) = 0 THEN RETURN; END IF;
  -- A lane that nobody used before is in order at once: without a row, nobody holds a job of it.
  WITH new AS (
    INSERT INTO lane (id, head, due_at, priority, workspace_id, platform)
      SELECT t, h.id, h.due_at, h.priority, h.workspace_id, h.platform
      FROM unnest(touched) AS t LEFT JOIN LATERAL (
        SELECT j.id, j.due_at, j.priority, j.workspace_id, j.platform FROM job AS j
        WHERE j.lane = t AND j.state = 0 ORDER BY j.due_at, j.priority, j.id LIMIT 1
      ) AS h ON true
      WHERE NOT EXISTS (SELECT 1 FROM lane WHERE id = t)
      ORDER BY t ON CONFLICT DO NOTHING RETURNING id
  ) SELECT array_agg(id) INTO made FROM new;
  IF made IS NOT NULL THEN
    touched := ARRAY(SELECT t FROM unnest(touched) AS t WHERE t <> ALL (made));
    IF cardinality(touched) = 0 THEN RETURN; END IF;
  END IF;
  PERFORM 1 FROM lane WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
  UPDATE lane SET head = h.id, due_at = h.due_at, priority = h.priority,
      workspace_id = h.workspace_id, platform = h.platform
    FROM unnest(touched) AS t LEFT JOIN LATERAL (
      SELECT j.id, j.due_at, j.priority, j.workspace_id, j.platform FROM job AS j
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
CREATE INDEX asset_bytes ON asset (hash);

CREATE TABLE upload (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  length bigint NOT NULL,
  open boolean NOT NULL,
  expires_at bigint NOT NULL,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX upload_open ON upload (workspace_id, length) WHERE open;
CREATE INDEX upload_end ON upload (expires_at);

CREATE TABLE rendition (
  workspace_id uuid NOT NULL,
  source text NOT NULL,
  plan text NOT NULL,
  bytes bigint NOT NULL,
  used_at bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, source, plan)
);
-- What rests longest goes first, and all bytes are summed up without reading the rows.
CREATE INDEX rendition_rests ON rendition (used_at, bytes);
CREATE INDEX rendition_same ON rendition (source, plan);

-- The history of what was read. Each number has a column, so that it is rolled up without reading
-- the rest; `doc` is the whole, with the network's own names and the reasons for what is missing.
CREATE TABLE snapshot (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  taken_at bigint NOT NULL,
  impressions bigint, reach bigint, views bigint, likes bigint, comments bigint,
  shares bigint, saves bigint, clicks bigint, followers bigint,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id, taken_at)
);

-- Published deliveries as reports know them. Their numbers are as the last roll-up left them;
-- `stale` are those of which something is new since, `rolled` those that the tallies hold.
CREATE TABLE measured (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  account_id uuid NOT NULL,
  platform text NOT NULL,
  published_at bigint NOT NULL,
  next_at bigint,
  read_at bigint,
  stale boolean NOT NULL DEFAULT true,
  rolled boolean NOT NULL DEFAULT false,
  impressions bigint, reach bigint, views bigint, likes bigint, comments bigint,
  shares bigint, saves bigint, clicks bigint, followers bigint,
  day bigint GENERATED ALWAYS AS (published_at / 86400000) STORED,
  shown bigint GENERATED ALWAYS AS (coalesce(impressions, views)) STORED,
  seen bigint GENERATED ALWAYS AS (coalesce(reach, views, impressions)) STORED,
  acts bigint GENERATED ALWAYS AS (CASE WHEN coalesce(likes, comments, shares, saves) IS NOT NULL
    THEN coalesce(likes, 0) + coalesce(comments, 0)
      + coalesce(shares, 0) + coalesce(saves, 0) END) STORED,
  engagements bigint GENERATED ALWAYS AS (CASE
    WHEN coalesce(likes, comments, shares, saves, clicks) IS NOT NULL THEN coalesce(likes, 0) + coalesce(comments, 0)
      + coalesce(shares, 0) + coalesce(saves, 0) + coalesce(clicks, 0) END) STORED,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id)
);
-- All that choosing the best posts reads.
CREATE INDEX measured_time ON measured
  (workspace_id, published_at, platform, engagements, delivery_id);
CREATE INDEX measured_due ON measured (workspace_id, account_id, next_at)
  WHERE next_at IS NOT NULL;
CREATE INDEX measured_stale ON measured (workspace_id, delivery_id) WHERE stale;

-- What a measured delivery is grouped by.
CREATE TABLE measured_key (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  dimension text NOT NULL,
  key text NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id, dimension, key)
);

-- A delivery by days since 1970 in UTC: what each number had come to, and what it had gained since
-- the last day that is known.
CREATE TABLE measured_day (
  workspace_id uuid NOT NULL,
  delivery_id uuid NOT NULL,
  day bigint NOT NULL,
  impressions bigint, reach bigint, views bigint, likes bigint, comments bigint,
  shares bigint, saves bigint, clicks bigint, followers bigint,
  impressions_gained bigint, reach_gained bigint, views_gained bigint, likes_gained bigint,
  comments_gained bigint,
  shares_gained bigint, saves_gained bigint, clicks_gained bigint, followers_gained bigint,
  PRIMARY KEY (workspace_id, delivery_id, day)
);

-- What became visible on a day comes to, by network and by what it is grouped by: reports are sums
-- of these. `…_of` says of how many deliveries a number is.
CREATE TABLE tally (
  workspace_id uuid NOT NULL,
  dimension text NOT NULL,
  day bigint NOT NULL,
  platform text NOT NULL,
  key text NOT NULL,
  posts bigint NOT NULL,
  impressions bigint NOT NULL, reach bigint NOT NULL, views bigint NOT NULL, likes bigint NOT NULL,
  comments bigint NOT NULL,
  shares bigint NOT NULL, saves bigint NOT NULL, clicks bigint NOT NULL, followers bigint NOT NULL,
  impressions_of bigint NOT NULL, reach_of bigint NOT NULL, views_of bigint NOT NULL,
  likes_of bigint NOT NULL, comments_of bigint NOT NULL,
  shares_of bigint NOT NULL, saves_of bigint NOT NULL, clicks_of bigint NOT NULL,
  followers_of bigint NOT NULL,
  shown bigint NOT NULL, shown_of bigint NOT NULL,
  acts bigint NOT NULL, seen bigint NOT NULL, rated bigint NOT NULL,
  read_at bigint,
  PRIMARY KEY (workspace_id, dimension, day, platform, key)
);

-- What all deliveries of a network gained on a day.
CREATE TABLE gain (
  workspace_id uuid NOT NULL,
  day bigint NOT NULL,
  platform text NOT NULL,
  impressions bigint NOT NULL, reach bigint NOT NULL, views bigint NOT NULL, likes bigint NOT NULL,
  comments bigint NOT NULL,
  shares bigint NOT NULL, saves bigint NOT NULL, clicks bigint NOT NULL, followers bigint NOT NULL,
  PRIMARY KEY (workspace_id, day, platform)
);

-- How a workspace sounds.
CREATE TABLE voice (
  workspace_id uuid NOT NULL PRIMARY KEY,
  doc text NOT NULL
);

CREATE TABLE experiment (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE trial (
  workspace_id uuid NOT NULL,
  experiment_id uuid NOT NULL,
  place bigint NOT NULL,
  post_id uuid NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, experiment_id, place),
  UNIQUE (workspace_id, experiment_id, post_id)
);

-- `seq` is the order in which events were written, and so in which they are told.
CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  workspace_id uuid NOT NULL,
  told_at bigint,
  doc text NOT NULL
);
CREATE INDEX outbox_pending ON outbox (seq) WHERE told_at IS NULL;
CREATE INDEX outbox_of ON outbox (workspace_id, seq);
CREATE INDEX outbox_told ON outbox (told_at) WHERE told_at IS NOT NULL;

-- Writes the events of a unit as its last step. Units of a workspace do so side by side, so that
-- the disk takes many commits at once: the lock is shared. Whoever goes on after an event takes it
-- alone, and reads while nobody is between a `seq` and its commit: so it misses none.
CREATE FUNCTION append_events(of_workspace uuid[], ids uuid[], docs text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(held.ws::text, 2))
    FROM (SELECT DISTINCT ws FROM unnest(of_workspace) AS ws ORDER BY ws) AS held;
  INSERT INTO outbox (id, workspace_id, doc)
    SELECT e.id, e.ws, e.doc
    FROM unnest(ids, of_workspace, docs) WITH ORDINALITY AS e (id, ws, doc, place) ORDER BY place;
END $$;

CREATE TABLE webhook (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE webhook_message (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  webhook_id uuid NOT NULL,
  status text NOT NULL,
  created_at bigint NOT NULL,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX webhook_message_of ON webhook_message (workspace_id, webhook_id, id);
CREATE INDEX webhook_message_age ON webhook_message (created_at) WHERE status <> 'pending';

CREATE TABLE request_key (
  workspace_id uuid NOT NULL,
  key text NOT NULL,
  look_at bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, key)
);
CREATE INDEX request_key_look ON request_key (look_at);

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

-- A person is known by the address or the subject alone, so both are unique over all workspaces.
CREATE TABLE person (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL UNIQUE,
  issuer text,
  subject text,
  password text,
  last_seen_at bigint,
  version bigint NOT NULL,
  doc text NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (issuer, subject)
);

-- Rotated and revoked ones stay until they expire, so that a token that comes again is known.
CREATE TABLE session (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  family uuid NOT NULL,
  hash text NOT NULL UNIQUE,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  rotated_at bigint,
  revoked_at bigint,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX session_of_person ON session (workspace_id, person_id);
CREATE INDEX session_of_family ON session (workspace_id, family);
CREATE INDEX session_end ON session (workspace_id, expires_at);

CREATE TABLE invitation (
  workspace_id uuid NOT NULL,
  hash text NOT NULL PRIMARY KEY,
  purpose text NOT NULL,
  role text NOT NULL,
  email text,
  expires_at bigint NOT NULL
);
CREATE INDEX invitation_of ON invitation (workspace_id, expires_at, hash);

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
