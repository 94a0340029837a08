// A sentence about a node begins with its host, or `host (2)` where several have the same. The columns are named with
// their tables, for json_each has one of the name json as well.
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

/** Makes data of what stood in sentences: which nodes are not ready, what holds an upgrade back, what is in its way. */
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
