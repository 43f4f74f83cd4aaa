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

-- One a network: who signs in again begins anew.
CREATE TABLE choice (
  workspace_id BLOB NOT NULL,
  platform TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  options TEXT NOT NULL,
  secret BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, platform)
);
CREATE INDEX choice_end ON choice (expires_at);

CREATE TABLE post (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  due_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  -- What its deliveries make it; two triggers below keep it.
  status TEXT NOT NULL DEFAULT 'draft',
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX post_status ON post (workspace_id, status, id);

CREATE TABLE series (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- Of one wall time of a series there is one post at most: what was begun twice ends once.
CREATE TABLE occurrence (
  workspace_id BLOB NOT NULL,
  series_id BLOB NOT NULL,
  wall TEXT NOT NULL,
  post_id BLOB,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, series_id, wall)
);

-- The nil id stands for all accounts of the workspace.
CREATE TABLE quiet_hours (
  workspace_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, account_id)
);

CREATE TABLE slot_plan (
  workspace_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, account_id)
);

CREATE TABLE delivery (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  post_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  status TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- What it says, to be compared with others; none once it was removed.
  said BLOB,
  doc TEXT NOT NULL,
  platform TEXT NOT NULL,
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
  WHEN sum(status <> 'cancelled') = 0 THEN 'cancelled'
  WHEN sum(status = 'publishing') > 0 THEN 'publishing'
  WHEN sum(status = 'pending_approval') > 0 THEN 'pending_approval'
  WHEN sum(status = 'scheduled') > 0
    THEN CASE WHEN sum(status = 'published') > 0 THEN 'publishing' ELSE 'scheduled' END
  WHEN sum(status = 'draft') > 0 THEN 'draft'
  WHEN sum(status = 'unconfirmed') > 0 THEN 'unconfirmed'
  WHEN sum(status NOT IN ('published', 'cancelled')) = 0 THEN 'published'
  WHEN sum(status = 'published') > 0 THEN 'partial'
  ELSE 'failed'
END AS status
FROM delivery GROUP BY workspace_id, post_id;

CREATE TRIGGER delivery_joins AFTER INSERT ON delivery BEGIN
  UPDATE post SET status = (SELECT status FROM post_standing
    WHERE workspace_id = new.workspace_id AND post_id = new.post_id)
  WHERE workspace_id = new.workspace_id AND id = new.post_id;
END;

CREATE TRIGGER delivery_changes AFTER UPDATE OF status ON delivery
WHEN old.status <> new.status BEGIN
  UPDATE post SET status = (SELECT status FROM post_standing
    WHERE workspace_id = new.workspace_id AND post_id = new.post_id)
  WHERE workspace_id = new.workspace_id AND id = new.post_id;
END;

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
  platform TEXT,
  CHECK ((state = 1) = (lease_until IS NOT NULL))
) WITHOUT ROWID;
-- Three kinds, so that none has to be looked through for another: jobs of lanes, other urgent ones,
-- and those that give way to both.
CREATE INDEX job_ready_lane ON job (due_at, priority, id) WHERE ready = 1 AND lane IS NOT NULL;
CREATE INDEX job_ready_soon ON job (due_at, priority, id)
  WHERE ready = 1 AND lane IS NULL AND priority < 4;
CREATE INDEX job_ready_later ON job (due_at, priority, id)
  WHERE ready = 1 AND lane IS NULL AND priority >= 4;
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

CREATE INDEX asset_bytes ON asset (hash);

CREATE TABLE upload (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  length INTEGER NOT NULL,
  open INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX upload_open ON upload (workspace_id, length) WHERE open = 1;
CREATE INDEX upload_end ON upload (expires_at);

CREATE TABLE rendition (
  workspace_id BLOB NOT NULL,
  source TEXT NOT NULL,
  plan TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, source, plan)
);
-- What rests longest goes first, and all bytes are summed up without reading the rows.
CREATE INDEX rendition_rests ON rendition (used_at, bytes);
CREATE INDEX rendition_same ON rendition (source, plan);

-- The history of what was read. Each number has a column, so that it is rolled up without reading
-- the rest; `doc` is the whole, with the network's own names and the reasons for what is missing.
CREATE TABLE snapshot (
  workspace_id BLOB NOT NULL,
  delivery_id BLOB NOT NULL,
  taken_at INTEGER NOT NULL,
  impressions INTEGER, reach INTEGER, views INTEGER, likes INTEGER, comments INTEGER,
  shares INTEGER, saves INTEGER, clicks INTEGER, followers INTEGER,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id, taken_at)
);

-- Published deliveries as reports know them. Their numbers are as the last roll-up left them;
-- `stale` are those of which something is new since, `rolled` those that the tallies hold.
CREATE TABLE measured (
  workspace_id BLOB NOT NULL,
  delivery_id BLOB NOT NULL,
  account_id BLOB NOT NULL,
  platform TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  next_at INTEGER,
  read_at INTEGER,
  stale INTEGER NOT NULL DEFAULT 1,
  rolled INTEGER NOT NULL DEFAULT 0,
  impressions INTEGER, reach INTEGER, views INTEGER, likes INTEGER, comments INTEGER,
  shares INTEGER, saves INTEGER, clicks INTEGER, followers INTEGER,
  day INTEGER GENERATED ALWAYS AS (published_at / 86400000) STORED,
  shown INTEGER GENERATED ALWAYS AS (coalesce(impressions, views)) STORED,
  seen INTEGER GENERATED ALWAYS AS (coalesce(reach, views, impressions)) STORED,
  acts INTEGER GENERATED ALWAYS AS (CASE WHEN coalesce(likes, comments, shares, saves) IS NOT NULL
    THEN coalesce(likes, 0) + coalesce(comments, 0)
      + coalesce(shares, 0) + coalesce(saves, 0) END) STORED,
  engagements INTEGER GENERATED ALWAYS AS (CASE
    WHEN coalesce(likes, comments, shares, saves, clicks) IS NOT NULL THEN coalesce(likes, 0) + coalesce(comments, 0)
      + coalesce(shares, 0) + coalesce(saves, 0) + coalesce(clicks, 0) END) STORED,
  doc TEXT NOT NULL,
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
  workspace_id BLOB NOT NULL,
  delivery_id BLOB NOT NULL,
  dimension TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (workspace_id, delivery_id, dimension, key)
) WITHOUT ROWID;

-- A delivery by days since 1970 in UTC: what each number had come to, and what it had gained since
-- the last day that is known.
CREATE TABLE measured_day (
  workspace_id BLOB NOT NULL,
  delivery_id BLOB NOT NULL,
  day INTEGER NOT NULL,
  impressions INTEGER, reach INTEGER, views INTEGER, likes INTEGER, comments INTEGER,
  shares INTEGER, saves INTEGER, clicks INTEGER, followers INTEGER,
  impressions_gained INTEGER, reach_gained INTEGER, views_gained INTEGER, likes_gained INTEGER,
  comments_gained INTEGER,
  shares_gained INTEGER, saves_gained INTEGER, clicks_gained INTEGER, followers_gained INTEGER,
  PRIMARY KEY (workspace_id, delivery_id, day)
) WITHOUT ROWID;

-- What became visible on a day comes to, by network and by what it is grouped by: reports are sums
-- of these. `…_of` says of how many deliveries a number is.
CREATE TABLE tally (
  workspace_id BLOB NOT NULL,
  dimension TEXT NOT NULL,
  day INTEGER NOT NULL,
  platform TEXT NOT NULL,
  key TEXT NOT NULL,
  posts INTEGER NOT NULL,
  impressions INTEGER NOT NULL, reach INTEGER NOT NULL, views INTEGER NOT NULL,
  likes INTEGER NOT NULL, comments INTEGER NOT NULL,
  shares INTEGER NOT NULL, saves INTEGER NOT NULL, clicks INTEGER NOT NULL,
  followers INTEGER NOT NULL,
  impressions_of INTEGER NOT NULL, reach_of INTEGER NOT NULL, views_of INTEGER NOT NULL,
  likes_of INTEGER NOT NULL, comments_of INTEGER NOT NULL,
  shares_of INTEGER NOT NULL, saves_of INTEGER NOT NULL, clicks_of INTEGER NOT NULL,
  followers_of INTEGER NOT NULL,
  shown INTEGER NOT NULL, shown_of INTEGER NOT NULL,
  acts INTEGER NOT NULL, seen INTEGER NOT NULL, rated INTEGER NOT NULL,
  read_at INTEGER,
  PRIMARY KEY (workspace_id, dimension, day, platform, key)
) WITHOUT ROWID;

-- What all deliveries of a network gained on a day.
CREATE TABLE gain (
  workspace_id BLOB NOT NULL,
  day INTEGER NOT NULL,
  platform TEXT NOT NULL,
  impressions INTEGER NOT NULL, reach INTEGER NOT NULL, views INTEGER NOT NULL,
  likes INTEGER NOT NULL, comments INTEGER NOT NULL,
  shares INTEGER NOT NULL, saves INTEGER NOT NULL, clicks INTEGER NOT NULL,
  followers INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, day, platform)
) WITHOUT ROWID;

-- How a workspace sounds.
CREATE TABLE voice (
  workspace_id BLOB NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL
);

CREATE TABLE experiment (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE trial (
  workspace_id BLOB NOT NULL,
  experiment_id BLOB NOT NULL,
  place INTEGER NOT NULL,
  post_id BLOB NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, experiment_id, place),
  UNIQUE (workspace_id, experiment_id, post_id)
);

-- `seq` is the order in which events were written, and so in which they are told.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  workspace_id BLOB NOT NULL,
  told_at INTEGER,
  doc TEXT NOT NULL
);
CREATE INDEX outbox_pending ON outbox (seq) WHERE told_at IS NULL;
CREATE INDEX outbox_of ON outbox (workspace_id, seq);
CREATE INDEX outbox_told ON outbox (told_at) WHERE told_at IS NOT NULL;

CREATE TABLE webhook (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE webhook_message (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  webhook_id BLOB NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX webhook_message_of ON webhook_message (workspace_id, webhook_id, id);
CREATE INDEX webhook_message_age ON webhook_message (created_at) WHERE status <> 'pending';

CREATE TABLE request_key (
  workspace_id BLOB NOT NULL,
  key TEXT NOT NULL,
  look_at INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, key)
);
CREATE INDEX request_key_look ON request_key (look_at);

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

-- A person is known by the address or the subject alone, so both are unique over all workspaces.
CREATE TABLE person (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  email TEXT NOT NULL UNIQUE,
  issuer TEXT,
  subject TEXT,
  password TEXT,
  last_seen_at INTEGER,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (issuer, subject)
);

-- Rotated and revoked ones stay until they expire, so that a token that comes again is known.
CREATE TABLE session (
  workspace_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  family BLOB NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  rotated_at INTEGER,
  revoked_at INTEGER,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX session_of_person ON session (workspace_id, person_id);
CREATE INDEX session_of_family ON session (workspace_id, family);
CREATE INDEX session_end ON session (workspace_id, expires_at);

CREATE TABLE invitation (
  workspace_id BLOB NOT NULL,
  hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  role TEXT NOT NULL,
  email TEXT,
  expires_at INTEGER NOT NULL
);
CREATE INDEX invitation_of ON invitation (workspace_id, expires_at, hash);

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
