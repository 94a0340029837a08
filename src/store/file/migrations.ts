/** Newest rows of the audit trail that cannot be deleted; older ones are pruned as new ones come. */
export const auditBound = 100_000

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
WHEN OLD.seq > (SELECT seq FROM sqlite_sequence WHERE name = 'audit') - ${auditBound} BEGIN
  SELECT RAISE(ABORT, 'the newest ${auditBound} rows of the audit trail are kept');
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

const silences = `
-- What the operator does not want to be told for a while, and how many notifications of which chain it held back.
CREATE TABLE silences (
  id INTEGER PRIMARY KEY AUTOINCREMENT, match TEXT NOT NULL, until INTEGER NOT NULL, comment TEXT NOT NULL,
  by TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE silence_holds (
  silence INTEGER NOT NULL REFERENCES silences (id) ON DELETE CASCADE, chain TEXT NOT NULL, event TEXT NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (silence, chain, event)
);
CREATE INDEX silences_until ON silences (until);
CREATE INDEX silence_holds_chain ON silence_holds (chain);
`

const posted = `
-- What a handler has posted of a subject: with it a later notification edits the message, or joins its thread.
CREATE TABLE posted (
  row INTEGER PRIMARY KEY, handler TEXT NOT NULL, subject TEXT NOT NULL, json TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE (handler, subject)
);
CREATE INDEX posted_at ON posted (at);
`

const ledger = `
CREATE INDEX posted_subject ON posted (subject);
-- Order holds within a subject; what is urgent overtakes other subjects. The status is of the last answer.
ALTER TABLE outbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN status INTEGER;
UPDATE outbox SET
  subject = (
    SELECT chain || coalesce('/' || json_extract(json, '$.data.contract'), '')
      || coalesce('/' || json_extract(json, '$.data.proposalId'), '')
    FROM notifications WHERE row = outbox.notification
  ),
  urgent = (SELECT priority = 'critical' FROM notifications WHERE row = outbox.notification)
  WHERE state <> 'delivered' AND (SELECT json_valid(json) FROM notifications WHERE row = outbox.notification);
CREATE INDEX outbox_subject ON outbox (handler, subject, row, attempts, next_at) WHERE state = 'pending';
CREATE INDEX outbox_urgent ON outbox (handler, row, next_at) WHERE state = 'pending' AND urgent = 1;
CREATE INDEX outbox_retried ON outbox (row) WHERE state = 'pending' AND attempts > 0;
`

const held = `
-- What waits for its time, such as the morning. What leaves as one message waits on with the row that carries it.
CREATE TABLE held (
  row INTEGER PRIMARY KEY, notification INTEGER NOT NULL REFERENCES notifications (row) ON DELETE CASCADE,
  handler TEXT NOT NULL, subject TEXT NOT NULL, release_at INTEGER NOT NULL, bundle TEXT NOT NULL,
  carrier INTEGER REFERENCES outbox (row) ON DELETE SET NULL, UNIQUE (notification, handler)
);
CREATE INDEX held_release ON held (release_at) WHERE carrier IS NULL;
CREATE INDEX held_next ON held (handler, release_at) WHERE carrier IS NULL;
CREATE INDEX held_carrier ON held (carrier) WHERE carrier IS NOT NULL;
-- When a group was last to come out at a handler.
CREATE TABLE releases (
  handler TEXT NOT NULL, bundle TEXT NOT NULL, release_at INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (handler, bundle)
);
CREATE INDEX releases_until ON releases (until);
CREATE TRIGGER held_takes_in AFTER INSERT ON held BEGIN
  UPDATE notifications SET waiting = waiting + 1 WHERE row = NEW.notification;
END;
CREATE TRIGGER held_lets_go AFTER DELETE ON held BEGIN
  UPDATE notifications SET waiting = waiting - 1 WHERE row = OLD.notification;
END;
CREATE TRIGGER bundle_settles AFTER UPDATE OF state ON outbox WHEN OLD.state = 'pending' AND NEW.state <> 'pending' BEGIN
  INSERT INTO outbox (notification, handler, state, attempts, next_at, at, reason, status, subject)
    SELECT notification, handler, NEW.state, NEW.attempts, NEW.next_at, NEW.at, NEW.reason, NEW.status, subject FROM held
    WHERE carrier = NEW.row ORDER BY row;
  DELETE FROM held WHERE carrier = NEW.row;
END;
`

const outages = `
-- Which channels do not take what they are given, and whether people know.
CREATE TABLE outages (channel TEXT PRIMARY KEY, json TEXT NOT NULL);
`

const shown = `
-- Which notification what was posted tells of: an older one that comes later does not take its place.
ALTER TABLE posted ADD COLUMN of_row INTEGER NOT NULL DEFAULT 0;
ALTER TABLE posted ADD COLUMN of_at INTEGER NOT NULL DEFAULT 0;
-- What a handler was told of a subject, or is still to be told.
CREATE INDEX outbox_dead_subject ON outbox (handler, subject) WHERE state = 'dead';
CREATE INDEX held_subject ON held (handler, subject);
`

// Notifications that were of the subject of their proposal or chain until then.
const troubles = `
  SELECT row FROM notifications
  WHERE event IN ('hook_ran', 'hook_failed', 'file_stale', 'state_rebuilt') AND json_valid(json)`

const subjectOfTrouble = (table: string): string => `
  SELECT CASE
    WHEN event = 'file_stale' THEN chain || '/file/' || json_extract(json, '$.data.height')
    WHEN event = 'state_rebuilt' THEN chain || '/state'
    WHEN ${table}.subject LIKE '%/hook' THEN ${table}.subject
    ELSE ${table}.subject || '/hook'
  END FROM notifications WHERE row = ${table}.notification`

const subjects = `
-- What ends one trouble closes no other: the command, the file and the state are subjects of their own.
UPDATE outbox SET subject = (${subjectOfTrouble('outbox')})
  WHERE state <> 'delivered' AND notification IN (${troubles});
UPDATE held SET subject = (${subjectOfTrouble('held')}) WHERE notification IN (${troubles});
`

const retried = `
-- When an earlier one of a subject is tried again, however many of it wait.
CREATE INDEX outbox_retried_subject ON outbox (handler, subject, next_at) WHERE state = 'pending' AND attempts > 0;
`

/**
 * What brings a file from one schema version to the next: the first entry makes version 1. Never edited, only added to.
 */
export const migrations: readonly string[] = [
  first,
  second,
  third,
  fourth,
  fifth,
  sixth,
  seventh,
  silences,
  posted,
  ledger,
  held,
  outages,
  shown,
  subjects,
  retried,
]
