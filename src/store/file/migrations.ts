import { deliveryMigrations } from './deliveryMigrations.js'
import { reasonsAsData } from './reasonsAsData.js'

/** Number of newest audit entries that cannot be deleted. Older ones are pruned when new ones are added. */
export const auditBound = 1_000_000

const first = `
CREATE TABLE chains (chain TEXT PRIMARY KEY, revision INTEGER NOT NULL, json TEXT NOT NULL);

-- Row ids keep the order in which proposals and upgrades came, as the maps in memory do.
CREATE TABLE proposals (
  row INTEGER PRIMARY KEY, chain TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL, type TEXT NOT NULL,
  closed INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (chain, key)
);
CREATE TABLE upgrades (
  row INTEGER PRIMARY KEY, chain TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL,
  json TEXT NOT NULL, UNIQUE (chain, key)
);
CREATE TABLE told (
  row INTEGER PRIMARY KEY, chain TEXT NOT NULL, subject TEXT NOT NULL, json TEXT NOT NULL, UNIQUE (chain, subject)
);

CREATE TABLE notifications (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, chain TEXT NOT NULL, event TEXT NOT NULL, priority TEXT NOT NULL,
  at INTEGER NOT NULL, read INTEGER NOT NULL, json TEXT NOT NULL
);
CREATE TABLE outbox (
  row INTEGER PRIMARY KEY, notification INTEGER NOT NULL REFERENCES notifications (row) ON DELETE CASCADE,
  handler TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,
  UNIQUE (notification, handler)
);
CREATE INDEX outbox_due ON outbox (state, next_at);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, chain TEXT NOT NULL, kind TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX audit_chain ON audit (chain, seq);
CREATE TRIGGER audit_is_written_once BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is written once');
END;
CREATE TRIGGER audit_keeps_the_newest BEFORE DELETE ON audit
WHEN OLD.seq > (SELECT seq FROM sqlite_sequence WHERE name = 'audit') - 100000 BEGIN
  SELECT RAISE(ABORT, 'the newest 100000 rows of the audit trail are kept');
END;

CREATE TABLE claim (
  one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL,
  beat INTEGER NOT NULL
);
CREATE TABLE sync_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, done INTEGER NOT NULL, problem TEXT
);
`

const second = `
-- Who voted what, and how the status of a proposal moved: both are events, so the state in memory does not hold them.
CREATE TABLE votes (
  row INTEGER PRIMARY KEY, chain TEXT NOT NULL, key TEXT NOT NULL, block INTEGER NOT NULL, place INTEGER NOT NULL,
  voter TEXT NOT NULL, json TEXT NOT NULL, UNIQUE (chain, key, block, place, voter)
);
CREATE INDEX votes_block ON votes (chain, block);
CREATE TABLE moves (
  row INTEGER PRIMARY KEY, chain TEXT NOT NULL, key TEXT NOT NULL, block INTEGER NOT NULL, json TEXT NOT NULL
);
CREATE INDEX moves_key ON moves (chain, key);
CREATE INDEX moves_block ON moves (chain, block);
`

const third = `
-- What became of a damaged state, until people are told.
CREATE TABLE rebuilt (one INTEGER PRIMARY KEY CHECK (one = 1), moved_to TEXT NOT NULL, problem TEXT NOT NULL);
`

const fourth = `
-- What is due at one handler in order, and when its next row is, however many wait: both are read from the index alone.
CREATE INDEX outbox_pending ON outbox (handler, row, next_at) WHERE state = 'pending';
CREATE INDEX outbox_next ON outbox (handler, next_at) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (at) WHERE state = 'dead';
DROP INDEX outbox_due;
CREATE INDEX notifications_at ON notifications (at);
CREATE INDEX notifications_unread ON notifications (row) WHERE read = 0;
CREATE INDEX notifications_counts ON notifications (event, priority, read);
-- The rows of one chain in the order they came, whatever other chains have.
CREATE INDEX proposals_chain ON proposals (chain);
CREATE INDEX upgrades_chain ON upgrades (chain);
CREATE INDEX told_chain ON told (chain);
`

const fifth = `
-- What proposals are looked up, ordered and counted by. A row that is no JSON is told of when it is read.
ALTER TABLE proposals ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE proposals ADD COLUMN born INTEGER NOT NULL DEFAULT 0;
ALTER TABLE proposals ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE proposals ADD COLUMN under_way INTEGER NOT NULL DEFAULT 0;
UPDATE proposals SET
  id = coalesce(json_extract(json, '$.id'), ''),
  born = CAST(coalesce(json_extract(json, '$.origin.block."$n"'), json_extract(json, '$.submittedAt."$n"'), 0) AS INTEGER),
  place = coalesce(json_extract(json, '$.origin.index'), 0),
  under_way = closed = 0 AND NOT (
    status = 'passed' AND json_type(json, '$.finding') IS NULL AND json_array_length(json, '$.actions') > 0
    AND NOT EXISTS (SELECT 1 FROM json_each(proposals.json, '$.actions') WHERE json_extract(value, '$.effect') <> 'none')
  )
  WHERE json_valid(json);
CREATE INDEX proposals_id ON proposals (id, chain);
CREATE INDEX proposals_newest ON proposals (chain, born DESC, place DESC);
CREATE INDEX proposals_status ON proposals (chain, status);
CREATE INDEX proposals_type ON proposals (chain, type);
CREATE INDEX proposals_under_way ON proposals (chain) WHERE under_way = 1;
`

const sixth = `
-- What tells the archive from the rest: when and in which block a proposal was seen closed, NULL while it is open.
ALTER TABLE proposals ADD COLUMN closed_at INTEGER;
ALTER TABLE proposals ADD COLUMN closed_block INTEGER;
UPDATE proposals SET
  closed_at = CAST(json_extract(json, '$.closedAt.timestamp."$n"') AS INTEGER),
  closed_block = CAST(json_extract(json, '$.closedAt.block."$n"') AS INTEGER)
  WHERE closed = 1 AND json_valid(json);
CREATE INDEX proposals_closed_at ON proposals (chain, closed_at);
CREATE INDEX proposals_closed_block ON proposals (chain, closed_block);
ALTER TABLE told ADD COLUMN of_proposal INTEGER NOT NULL DEFAULT 0;
UPDATE told SET of_proposal = EXISTS (
  SELECT 1 FROM proposals WHERE proposals.chain = told.chain AND proposals.key = told.subject
);
CREATE INDEX told_apart ON told (chain) WHERE of_proposal = 0;
`

const seventh = `
-- How many handlers a notification still waits for: what may be pruned is found without a look at what may not.
ALTER TABLE notifications ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
UPDATE notifications SET
  waiting = (SELECT count(*) FROM outbox WHERE notification = notifications.row AND state = 'pending')
  WHERE row IN (SELECT notification FROM outbox WHERE state = 'pending');
CREATE INDEX notifications_settled_at ON notifications (at) WHERE waiting = 0;
CREATE INDEX notifications_settled ON notifications (row) WHERE waiting = 0;
CREATE TRIGGER outbox_takes_in AFTER INSERT ON outbox WHEN NEW.state = 'pending' BEGIN
  UPDATE notifications SET waiting = waiting + 1 WHERE row = NEW.notification;
END;
CREATE TRIGGER outbox_settles AFTER UPDATE OF state ON outbox WHEN OLD.state = 'pending' AND NEW.state <> 'pending' BEGIN
  UPDATE notifications SET waiting = waiting - 1 WHERE row = NEW.notification;
END;
CREATE TRIGGER outbox_revives AFTER UPDATE OF state ON outbox WHEN OLD.state <> 'pending' AND NEW.state = 'pending' BEGIN
  UPDATE notifications SET waiting = waiting + 1 WHERE row = NEW.notification;
END;
CREATE TRIGGER outbox_drops AFTER DELETE ON outbox WHEN OLD.state = 'pending' BEGIN
  UPDATE notifications SET waiting = waiting - 1 WHERE row = OLD.notification;
END;
DROP INDEX notifications_at;
`

const addedPlans = `
-- What the operator wants nodes to run beside what votes decide.
CREATE TABLE added_plans (
  row INTEGER PRIMARY KEY AUTOINCREMENT, chain TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, by TEXT NOT NULL,
  at INTEGER NOT NULL, UNIQUE (chain, name)
);
`

const journal = `
-- What happened, for whoever follows over HTTP. Ids go on from a number that is drawn where a journal begins.
CREATE TABLE journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT, chain TEXT NOT NULL, type TEXT NOT NULL, json TEXT NOT NULL, body INTEGER
);
-- The long parts of proposals, once for all entries in a row that tell the same; last is the newest of these.
CREATE TABLE journal_bodies (
  row INTEGER PRIMARY KEY, key TEXT NOT NULL, json TEXT NOT NULL, last INTEGER NOT NULL
);
CREATE INDEX journal_bodies_key ON journal_bodies (key);
CREATE INDEX journal_bodies_last ON journal_bodies (last);
`

const announced = `
-- What is announced and not voted on: told as an upgrade, listed as no proposal.
ALTER TABLE proposals ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;
CREATE INDEX proposals_announced ON proposals (chain) WHERE announced = 1;
DROP INDEX proposals_newest;
DROP INDEX proposals_status;
DROP INDEX proposals_type;
CREATE INDEX proposals_newest ON proposals (chain, born DESC, place DESC) WHERE announced = 0;
CREATE INDEX proposals_status ON proposals (chain, status) WHERE announced = 0;
CREATE INDEX proposals_type ON proposals (chain, type) WHERE announced = 0;
`

const edits = `
-- How a vote stood that was shown last in what is posted, NULL where as it was told; and whether edits are refused.
ALTER TABLE posted ADD COLUMN shown TEXT;
ALTER TABLE posted ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
-- Handlers that rest because their receivers asked for it.
CREATE TABLE pauses (handler TEXT PRIMARY KEY, until INTEGER NOT NULL);
`

const longLists = `
-- A page of a list is read along an index in its order, whatever it is filtered by, however rare that is.
DROP INDEX proposals_newest;
DROP INDEX proposals_status;
DROP INDEX proposals_type;
CREATE INDEX proposals_newest ON proposals (chain, born DESC, place DESC, row, status) WHERE announced = 0;
CREATE INDEX proposals_status ON proposals (chain, status, row, type) WHERE announced = 0;
CREATE INDEX proposals_type ON proposals (chain, type, row, status) WHERE announced = 0;
CREATE INDEX proposals_status_newest ON proposals (chain, status, born DESC, place DESC, row, type) WHERE announced = 0;
CREATE INDEX proposals_type_newest ON proposals (chain, type, born DESC, place DESC, row, status) WHERE announced = 0;
CREATE INDEX proposals_active ON proposals (chain, row, type)
  WHERE announced = 0 AND status IN ('submitted', 'voting');
CREATE INDEX proposals_active_newest ON proposals (chain, born DESC, place DESC, row, type)
  WHERE announced = 0 AND status IN ('submitted', 'voting');
-- The trail reaches back as far as somebody who asks why may want to go.
DROP TRIGGER audit_keeps_the_newest;
CREATE TRIGGER audit_keeps_the_newest BEFORE DELETE ON audit
WHEN OLD.seq > (SELECT seq FROM sqlite_sequence WHERE name = 'audit') - ${auditBound} BEGIN
  SELECT RAISE(ABORT, 'the newest ${auditBound} rows of the audit trail are kept');
END;
`

const heldSince = `
-- When something began to be held: it waits no longer than its rule asked for, whatever the clock does meanwhile.
ALTER TABLE held ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE held SET since = coalesce((SELECT at FROM notifications WHERE row = held.notification), 0);
CREATE INDEX held_since ON held (since) WHERE carrier IS NULL;
`

const clock = `
-- How far the clock of the host is ahead of one that nobody sets, since which start of the machine.
CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), boot TEXT NOT NULL, ahead INTEGER NOT NULL);
`

const orphans = `
-- Deliveries that were given up because their handler was not configured. Until now the reason alone told that.
ALTER TABLE outbox ADD COLUMN orphan INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET orphan = 1
  WHERE state = 'dead' AND reason = 'No handler ' || handler || ' is configured any more.';
DROP TRIGGER bundle_settles;
CREATE TRIGGER bundle_settles AFTER UPDATE OF state ON outbox WHEN OLD.state = 'pending' AND NEW.state <> 'pending' BEGIN
  INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason, status, subject, orphan)
    SELECT notification, handler, NEW.state, NEW.attempts, NEW.next_at, NEW.at, NEW.reason, NEW.status, subject,
      NEW.orphan FROM held
    WHERE carrier = NEW.row ORDER BY row;
  DELETE FROM held WHERE carrier = NEW.row;
END;
`

/**
 * The migrations from each schema version to the next; the first creates version 1. Entries are never edited, only
 * added.
 */
export const migrations: readonly string[] = [
  first,
  second,
  third,
  fourth,
  fifth,
  sixth,
  seventh,
  ...deliveryMigrations,
  addedPlans,
  journal,
  announced,
  edits,
  longLists,
  reasonsAsData,
  heldSince,
  clock,
  orphans,
]
