import { asSentence } from '../../domain/notifications/phrases.js'
import { ownPlanNameIn } from '../../domain/plans/ownPlan.js'
import type { ChangeKind } from '../../domain/proposals/change.js'
import { capital, cleanLine } from '../../domain/text/text.js'
import type { UpgradeMove } from '../../domain/upgrades/upgradeMove.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import type { AuditEntry } from '../../store/Store.js'
import { type Fields, fieldsOf, plainText, type UnitOf } from './auditFields.js'
import type { ShortId } from './shortIds.js'

/** Renders one entry of the audit trail as a sentence: what was done, to what, and why. */
export function auditSentence({ kind, detail }: AuditEntry, short: ShortId, unitOf: UnitOf = () => undefined): string {
  const fields = fieldsOf(detail, short, unitOf)
  const said = sentenceOf(sentences, kind)?.(fields)
  return cleanLine(
    said === undefined
      ? `${kind}: ${plainText(detail)}`
      : `${said}${isReported(kind, fields) ? reportedByText(said, fields) : ''}`,
    600,
  )
}

/** Returns true for what a node reported. A plan of the operator's own is scheduled and taken back by the operator. */
function isReported(kind: string, { text }: Fields): boolean {
  if (kind !== 'upgrade') return kind === 'change'
  return ownPlanNameIn(text('proposal')) === undefined || !ofOperator.has(text('type'))
}

const ofOperator: ReadonlySet<string> = new Set(['scheduled', 'rescheduled', 'cancelled'])

/** Names the endpoint that reported it, if that is known. */
function reportedByText(said: string, { phrase }: Fields): string {
  return said.endsWith('.') ? phrase(' Reported by ', 'host', '.') : phrase(', reported by ', 'host')
}

type Sentence = (fields: Fields) => string | undefined

const sentences: Readonly<Record<string, Sentence>> = {
  change: (fields) => sentenceOf(changes, fields.text('type'))?.(fields),
  upgrade: (fields) => {
    const move = sentenceOf(moves, fields.text('type'))
    return move === undefined
      ? undefined
      : `Upgrade ${planText(fields)}, ${fields.proposal}: ${move(fields) ?? ''}${fields.has('reasons') ? `. ${asSentence(fields.text('reasons'), fields.text('name'))}` : ''}`
  },
  write: (fields) => sentenceOf(writes, fields.text('result'))?.(fields),
  notification: ({ text }) => `Notified (${text('priority')}): ${text('title')}`,
  plan: ({ text, phrase }) =>
    `Plan ${text('name')} of your own, at height ${text('height')}, ${text('done')}${phrase(' by ', 'by')}`,
  silence: ({ text, phrase }) =>
    `Silence ${text('silence')} ${text('done')}${phrase(' by ', 'by')}, for ${text('match')}${phrase(': ', 'comment')}`,
  http: ({ text, phrase }) => `Asked over HTTP${phrase(' by ', 'by')}: ${text('request')}`,
  reload: ({ text, phrase }) => `Configuration reloaded${phrase(' for ', 'by')}: ${text('changes')}`,
  delivery: (fields) => {
    const { has, text, phrase, subject } = fields
    if (has('redeliver'))
      return `Put back to be delivered: ${text('redeliver') === 'all' ? `all dead letters, ${text('count')}` : text('redeliver')}`
    const tries = text('attempt') === '1' ? '' : ` at try ${text('attempt')}`
    if (text('result') === 'delivered') return `Delivered through ${text('handler')}${tries}: ${subject}`
    return `${text('result') === 'postponed' ? 'Not delivered yet' : 'Gave up delivering'} through ${text('handler')}${tries}: ${subject}${phrase('; ', 'reason')}`
  },
}

// A new change, move or outcome does not compile without its sentence.
const changes: Readonly<Record<ChangeKind['type'], Sentence>> = {
  proposalAppeared: ({ proposal, text, phrase, has, part }) =>
    `${capital(proposal)} ${text('backfill') === 'true' ? 'was there at the first sync' : 'appeared'}, ${text('status')}: ${text('title')}${has('plan') ? `${part('plan').phrase('; asks for ', 'name')}${part('plan').phrase(' at height ', 'height')}${part('plan').phrase(' at ', 'due')}` : ''}${phrase(' (', 'kind', ')')}`,
  statusMoved: ({ proposal, text }) =>
    `${capital(proposal)} went from ${text('from')} to ${text('to')}${text('derived') === 'true' ? ' (derived)' : ''} in block ${text('at')}`,
  tallyMoved: ({ proposal, count, has }) =>
    `Votes on ${proposal}: ${count('yes')} yes, ${count('no')} no, ${count('abstain')} abstain${has('veto') ? `, ${count('veto')} veto` : ''}`,
  scheduleMoved: ({ proposal, text, has }) =>
    `The vote on ${proposal} now ends at ${text('to')}${has('from') ? ` instead of ${text('from')}` : ''}`,
  planEdited: (fields) => {
    const { proposal, part, has } = fields
    const [to, from] = ['to', 'from'].map((name) => (has(name) ? planText(part(name)) : undefined))
    if (to !== undefined && to === from) return `The plan of ${proposal}, ${to}, ${standingText(fields)}`
    return `The plan of ${proposal} is now ${to ?? 'none'}${from === undefined ? '' : `; it was ${from}`}`
  },
  voteCast: ({ proposal, text, count }) =>
    `${text('voter')} voted ${text('choice')} on ${proposal}, with ${count('weight')}`,
  detailsRead: ({ proposal, text }) => `More became known of ${proposal}, which is ${text('status')}`,
  proposalRetracted: ({ proposal, text }) =>
    `${capital(proposal)}, which was ${text('status')}, is gone: a reorg removed it`,
}

const moves: Readonly<Record<UpgradeMove['type'], Sentence>> = {
  pending: ({ has }) => (has('awaits') ? 'its proposal passed; it is scheduled once that is executed' : 'in the vote'),
  scheduled: () => 'scheduled',
  refused: ({ has, text }) => {
    if (has('heldBack')) return text('heldBack') === 'true' ? 'held back while it is in doubt' : 'no longer in doubt'
    return 'refused, nothing is written for it'
  },
  rescheduled: ({ has, text, phrase }) => {
    if (has('leftAt')) return `its file is written to another place now; the one that stays is ${text('leftAt')}`
    if (text('from') !== text(has('due') ? 'due' : 'height'))
      return `changed${phrase(has('due') ? '; it was at ' : '; it was at height ', 'from')}`
    return text('silent') === 'true' ? 'waits again, its file is written again when it is due' : 'changed'
  },
  imminent: ({ phrase }) => `near${phrase(', reminder of ', 'reminder')}`,
  halted: () => 'the last block before it is reached',
  triggered: ({ has }) => (has('due') ? 'its time has come' : 'its height is reached'),
  restarted: () => 'the node came back with the version it ran before',
  unconsumed: () => 'no process manager acted on its file',
  unready: () => 'the set of nodes that are ready for it has changed',
  unheeded: ({ has }) =>
    has('unheeded')
      ? 'continues as it is, although its plan has changed'
      : 'its plan is again the one that is carried out',
  completed: () => 'completed',
  failed: ({ has, text }) =>
    has('stuck')
      ? 'its nodes did not get past the height; it still waits'
      : has('fileless')
        ? 'the nodes do not confirm it; each poll asks again'
        : text('status') === 'scheduled'
          ? 'its file could not be written; each poll tries again'
          : has('unwell')
            ? 'the check after its height failed'
            : 'failed',
  past: () => 'completed before the first poll',
  dropped: ({ has }) => (has('awaits') ? 'its proposal passed, but is no longer awaited' : 'no longer in the vote'),
  cancelled: () => 'cancelled',
}

const writes: Readonly<Record<WriteOutcome['result'], Sentence>> = {
  written: (fields) => `Wrote ${fields.text('path')} for ${fields.proposal}${vouchers(fields)}`,
  unchanged: (fields) =>
    `Left ${fields.text('path')} as it is: it carries the plan of ${fields.proposal} already${vouchers(fields)}`,
  skipped: ({ proposal }) => `Wrote no file for ${proposal}, by configuration`,
  refused: ({ proposal, text }) => `Refused to write the file for ${proposal}: ${text('reason')}`,
  failed: ({ proposal, has, text }) =>
    has('isFileless')
      ? `The upgrade of ${proposal} is not confirmed: ${text('reason')}`
      : `Could not write the file for ${proposal}: ${text('reason')}`,
  removed: ({ proposal, text, phrase }) =>
    `Removed ${text('path')}, which held the plan of ${proposal}${phrase('. ', 'advice')}`,
  absent: ({ proposal, text }) => `Nothing to remove for ${proposal}: ${text('path')} is not there`,
  kept: ({ proposal, text }) =>
    `Left the file as it is although the plan of ${proposal} is cancelled: ${text('reason')}`,
  archived: ({ proposal, text }) => `Moved ${text('path')} of ${proposal} to ${text('to')}: its upgrade is completed`,
  held: ({ proposal, text }) => `Postponed what was due for ${proposal}: ${text('reason')}`,
  hooked: ({ proposal, has, part }) =>
    `The command of upgradeInfo.afterWrite for ${proposal} ${has('run') ? part('run').text('summary') : 'no longer had to run'}${part('run').phrase('. It printed: ', 'output')}`,
  preflighted: ({ proposal, part }) =>
    `Checked what the upgrade of ${proposal} needs: ${part('found').text('verdict').replace('_', ' ')}`,
  postChecked: ({ proposal, part }) =>
    `Checked the result of the upgrade of ${proposal}: ${part('found')
      .list('checks')
      .map(({ text }) => text('reason'))
      .join(' ')}`,
  found: ({ text }) => `Found ${text('name')} at height ${text('height')} in ${text('path')}: ${text('reason')}`,
  stuck: ({ proposal, text }) => `Could not remove the file of ${proposal}: ${text('reason')}`,
}

/** Describes other changes of a plan whose name and height did not change. */
function standingText({ has, text }: Fields): string {
  if (has('applied')) return `was carried out by the chain at height ${text('applied')}`
  if (has('withdrawn')) return `no longer stands. ${text('withdrawn')}`
  if (has('unsure')) return `is in doubt. ${text('unsure')}`
  if (has('missed')) return `was not carried out everywhere. ${text('missed')}`
  return 'stays; other details of it have changed'
}

/** Lists the nodes that confirmed the plan or the block. */
function vouchers({ part }: Fields): string {
  const { names } = part('vouchedBy')
  const parts = ['plan', 'block'].flatMap((what) => (names(what) === '' ? [] : [`${names(what)} (${what})`]))
  return parts.length === 0 ? '' : `; confirmed by ${parts.join(', ')}`
}

function sentenceOf(table: Readonly<Record<string, Sentence>>, word: string): Sentence | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}

function planText({ has, text }: Fields): string {
  return `${text('name')} at ${has('due') ? text('due') : `height ${text('height')}`}`
}
