// A sentence about a node starts with its host, or with `host (2)` if several nodes have the same host. Columns are
// qualified with their table because json_each also has a column `json`.
const unreadyNodesIn = (table: string, list: string): string => `json((SELECT json_group_array(json_object(
  'host', CASE substr(value, instr(value, ' '), 2)
    WHEN ' (' THEN substr(value, 1, instr(value, ')')) ELSE substr(value, 1, instr(value, ' ') - 1) END,
  'reason', value
)) FROM json_each(${table}.json, '${list}') WHERE value LIKE '% and is not ready for it.'))`

const heldBackReason = `(
  SELECT value FROM json_each(upgrades.json, '$.reasons') WHERE value LIKE '% nothing is written before it does.'
    OR value LIKE '% Nothing is written before that is known.' LIMIT 1
)`

const rivalsInReasons = `(
  SELECT json_group_array(json_object('key', '', 'reason', value)) FROM json_each(upgrades.json, '$.reasons')
  WHERE value LIKE 'Proposal % already has an upgrade %' OR value LIKE 'Proposal % already has the upgrade %'
    OR value LIKE 'A plan of your own already has %' OR value LIKE 'Another plan of your own already has %'
)`

/**
 * Converts facts that were stored in sentences to data: which nodes are not ready, what holds an upgrade back, and
 * which plans compete with it.
 */
export const reasonsAsData = `
-- Who is not ready, why a plan is held back and what is in its way are known by themselves, not by their sentences.
UPDATE proposals SET json = json_set(json, '$.finding.unready', ${unreadyNodesIn('proposals', '$.finding.unready')})
  WHERE announced = 1 AND json_valid(json) AND json_type(json, '$.finding.unready') = 'array';
UPDATE journal
  SET json = json_set(json, '$.proposal.finding.unready', ${unreadyNodesIn('journal', '$.proposal.finding.unready')})
  WHERE type = 'change' AND json LIKE '%"unready":[%' AND json_valid(json)
    AND json_type(json, '$.proposal.finding.unready') = 'array';
UPDATE upgrades SET json = json_set(json, '$.unready', ${unreadyNodesIn('upgrades', '$.reasons')})
  WHERE status = 'scheduled' AND json LIKE '% and is not ready for it.%' AND json_valid(json);
UPDATE upgrades SET json = json_set(json, '$.heldBack', ${heldBackReason})
  WHERE status IN ('scheduled', 'refused') AND json_valid(json) AND ${heldBackReason} IS NOT NULL;
UPDATE upgrades SET json = json_set(json, '$.rivals', json(${rivalsInReasons}))
  WHERE status = 'refused' AND json_valid(json) AND ${rivalsInReasons} <> '[]';
`
