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

// Notifications that belonged to the subject of their proposal or chain until this version.
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

/** The migrations for delivery, versions 8 to 15 in this order. Never edited; later steps are in `migrations`. */
export const deliveryMigrations: readonly string[] = [silences, posted, ledger, held, outages, shown, subjects, retried]
