import { asSentence } from '../domain/notifications/phrases.js'
import { isOwn, type Upgrade } from '../domain/upgrades/upgrade.js'
import { isJsonObject, type Json, type JsonObject } from '../domain/text/json.js'
import { isActive, type Proposal } from '../domain/proposals/proposal.js'
import type { AuditEntry } from '../store/Store.js'
import { auditView } from './auditView.js'
import { describeNotifications, type ToldEntries } from './describeNotifications.js'
import { mergeRepeated } from './mergeRepeated.js'
import { distanceTo, type Pace } from './upgradeView.js'
import { dueText, hasHeight } from '../domain/plans/dueAt.js'

/** Everything known about one key. */
export interface Explained extends ToldEntries {
  readonly key: string
  readonly proposal?: Proposal
  readonly upgrade?: Upgrade
  readonly pace?: Pace | undefined
  /** All upgrades of its chain. */
  readonly upgrades?: ReadonlyMap<string, Upgrade> | undefined
  /** Formats the id of a proposal for the reader. */
  readonly short: (id: string) => string
}

/** Why an upgrade was or was not scheduled, written and announced, in a few sentences each. */
export interface Explanation {
  readonly scheduled: readonly string[]
  readonly written: readonly string[]
  readonly told: readonly string[]
}

/** Explains what happened to a proposal or an upgrade, using the audit trail and the current state. */
export function explain(known: Explained): Explanation {
  return { scheduled: whyScheduled(known), written: whyWritten(known), told: describeNotifications(known) }
}

/** The format of `explain --json`. Times in the sentences are ISO 8601 too. */
export function explanationView(known: Explained): JsonObject {
  const { key, proposal, upgrade, entries } = known
  return {
    key,
    chain: upgrade?.chain ?? proposal?.chain ?? key.slice(0, key.indexOf('/')),
    status: upgrade?.status ?? null,
    ...explain(known),
    audit: entries.map(auditView),
  }
}

function whyScheduled(known: Explained): readonly string[] {
  const moves = entriesOf(known, 'upgrade').flatMap((entry) => moveSentence(known, entry) ?? [])
  return moves.length > 0 ? moves : [stateSentence(known)]
}

/** Describes one move of an upgrade in the queue; moves about the file are described by `afterSentence`. */
function moveSentence(known: Explained, { at, detail }: DetailedEntry): string | undefined {
  const time = known.time(at)
  const { type, status, name, height, due, from } = detail
  const reasons = reasonsOf(detail)
  const plan = `${textOf(name)} at ${textOf(due) || `height ${textOf(height)}`}`
  switch (type) {
    case 'pending':
      return `In the vote since ${time}: ${plan}.${reasons}`
    case 'scheduled':
      return status === 'scheduled' && detail['silent'] !== true
        ? `Scheduled ${time}, ${plan}: ${causeOf(known, at)}.${reasons}`
        : undefined
    case 'refused':
      return status === 'scheduled' || detail['heldBack'] !== undefined
        ? undefined
        : `Refused ${time}, ${plan}.${reasons}`
    case 'rescheduled':
      return detail['silent'] === true
        ? undefined
        : `Changed ${time} to ${plan}${from === undefined || from === (due ?? height) ? '' : `; it was at ${due === undefined ? 'height ' : ''}${textOf(from)}`}.${reasons}`
    case 'cancelled':
      return `Called off ${time}.${reasons}`
    case 'dropped':
      return `Out of the vote ${time}.`
    case 'past':
      return reasons === ''
        ? `Not scheduled, ${time}: ${plan} was over before the first look.`
        : `Not scheduled, ${time}: nothing was to be done for ${plan}.${reasons}`
    default:
      return undefined
  }
}

function causeOf(known: Explained, at: number): string {
  const { proposal, upgrade, short } = known
  if (upgrade !== undefined && isOwn(upgrade))
    return `it is a plan of your own, ${upgrade.addedBy === undefined ? 'from the configuration' : `added by ${upgrade.addedBy}`}`
  if (upgrade?.announced === true)
    return upgrade.origin === 'chain'
      ? 'nodes have it in their configuration, no vote decides it'
      : 'its contract announced it, no vote decides it'
  if (upgrade?.origin === 'chain' || upgrade?.held === true) return 'the chain holds the plan'
  const what = proposal === undefined ? 'its proposal' : `proposal ${short(proposal.id)}`
  const moved = entriesOf(known, 'change').findLast(
    (entry) => entry.at <= at && entry.detail['type'] === 'statusMoved' && entry.detail['to'] !== 'voting',
  )
  return moved === undefined
    ? `${what} had passed`
    : `${what} went to ${textOf(moved.detail['to'])} in block ${textOf(moved.detail['at'])}`
}

/** Describes the current state if the audit trail contains no move. */
function stateSentence({ proposal, upgrade, short }: Explained): string {
  if (upgrade !== undefined)
    return `${upgrade.name} at ${dueText(upgrade)} is ${upgrade.status.replace('_', ' ')}; the audit trail no longer says why.`
  if (proposal === undefined) return 'Not seen by any poll so far: an added plan is used from the next one on.'
  const { finding } = proposal
  const id = short(proposal.id)
  if (finding === undefined) return `Not scheduled: proposal ${id} carries no plan, and none is bound to it.`
  const problems = finding.problems.join(' ')
  if (finding.withdrawn !== undefined) return `Not scheduled: ${finding.withdrawn}`
  if (proposal.announced === true)
    return `Not scheduled: ${proposal.status === 'canceled' ? 'the contract has cancelled it.' : problems}`.trim()
  return isActive(proposal)
    ? `Not scheduled yet: the vote on proposal ${id} runs. ${problems}`.trim()
    : `Not scheduled: proposal ${id} is ${proposal.status}. ${problems}`.trim()
}

function whyWritten(known: Explained): readonly string[] {
  const { time, upgrade, pace } = known
  const entries = [...entriesOf(known, 'write'), ...entriesOf(known, 'upgrade')].sort(
    (a, b) => a.at - b.at || a.seq - b.seq,
  )
  const said = mergeRepeated(entries, sentenceOn, ({ at }) => time(at))
  if (said.length > 0) return said
  if (upgrade === undefined || upgrade.status === 'pending') return ['Not written: nothing is scheduled.']
  if (upgrade.status !== 'scheduled') return [`Not written: the upgrade is ${upgrade.status.replace('_', ' ')}.`]
  if (!hasHeight(upgrade)) return ['No file is written for what is due at a time: it has no height.']
  const { blocksLeft } = distanceTo(upgrade, pace)
  if (blocksLeft === undefined) return ['Not written so far.']
  return [
    blocksLeft > 0n
      ? `Not written yet: height ${upgrade.height} is ${blocksLeft} block${blocksLeft === 1n ? '' : 's'} ahead.`
      : `Not written yet: height ${upgrade.height} is reached, ${waitText(upgrade, known)}.`,
  ]
}

/** Says what an upgrade may wait for whose height is reached. The state does not hold the configuration. */
function waitText({ scheduledAt }: Upgrade, { upgrades, time }: Explained): string {
  const running = [...(upgrades?.values() ?? [])].filter(({ status }) => status === 'in_progress')
  if (running.length > 0)
    return `and ${running.map((one) => `${one.name} at ${dueText(one)}`).join(', ')} is still in progress: scheduler.maxConcurrentUpgrades limits how many are`
  const from = scheduledAt === undefined ? 'it was scheduled' : time(Number(scheduledAt) * 1_000)
  return `and the file is due with the first poll after scheduler.minUpgradeDelay, counted from ${from}`
}

function sentenceOn({ kind, detail }: DetailedEntry, time: string): string | undefined {
  return kind === 'write' ? writeSentence(detail, time) : afterSentence(detail, time)
}

function writeSentence(detail: JsonObject, time: string): string | undefined {
  const [path, reason] = [textOf(detail['path']), textOf(detail['reason'])]
  switch (detail['result']) {
    case 'written':
      return `Written ${time}: ${path}.${vouchersOf(detail)}`
    case 'unchanged':
      return `Found in place ${time}: ${textOf(detail['remark']) || `${path} held the plan already.`}${vouchersOf(detail)}`
    case 'skipped':
      return `No file ${time}: none is written here, by configuration or because the plan cannot be in one.`
    case 'refused':
      return `Not written ${time}: ${reason}`
    case 'failed':
      if (detail['isFileless'] === true) return `Not confirmed ${time}, asked again with each poll: ${reason}`
      return `Not written ${time}, tried again with each poll: ${reason}`
    case 'held':
      return `Held back ${time}: ${reason}`
    case 'removed':
      return `Taken back ${time}: ${path}.`
    case 'archived':
      return `Moved aside ${time} to ${textOf(detail['to'])}.`
    case 'stuck':
    case 'kept':
      return `The file stayed ${time}: ${reason}`
    case 'found':
      return `A file was found ${time}: ${reason}`
    case 'hooked':
      return isJsonObject(detail['run'])
        ? `The command after the write ${textOf(detail['run']['summary'])}, ${time}.`
        : `The command after the write no longer had to run, ${time}.`
    case 'postChecked':
      return `Checked after its height ${time}: ${checksOf(detail)}`
    default:
      return undefined
  }
}

/** Describes what happened to an upgrade after its height. */
function afterSentence(detail: JsonObject, time: string): string | undefined {
  const reasons = reasonsOf(detail)
  switch (detail['type']) {
    case 'triggered':
      return `${detail['due'] === undefined ? 'Its height was reached' : 'Its time came'} ${time}.`
    case 'halted':
      return `The last block before its height was reached ${time}.`
    case 'restarted':
      return `The node came back ${time} with the version it ran before.`
    case 'unconsumed':
      return `No process manager had acted on its file ${time}, and the node ran the version it ran before.`
    case 'unheeded':
      return detail['unheeded'] === undefined ? undefined : `Not taken up ${time}: ${textOf(detail['unheeded'])}`
    case 'completed':
      return `Done ${time}.`
    case 'failed':
      return detail['status'] === 'scheduled' ? undefined : `Failed ${time}.${reasons}`
    case 'refused':
      if (detail['heldBack'] !== undefined)
        return detail['heldBack'] === true ? `Held back ${time}.${reasons}` : `No longer held back ${time}.`
      return detail['status'] === 'scheduled' ? `No file is to be written, ${time}.${reasons}` : undefined
    default:
      return undefined
  }
}

interface DetailedEntry extends Omit<AuditEntry, 'detail'> {
  readonly detail: JsonObject
}

function entriesOf({ entries }: Explained, kind: string): readonly DetailedEntry[] {
  return entries.flatMap(({ detail, ...entry }) =>
    entry.kind === kind && isJsonObject(detail) ? [{ ...entry, detail }] : [],
  )
}

function reasonsOf({ reasons, name }: JsonObject): string {
  const sentences = Array.isArray(reasons) ? reasons.map((one: Json) => asSentence(textOf(one), textOf(name))) : []
  return sentences.map((sentence) => ` ${sentence}`).join('')
}

/** Names the nodes that vouched for what was written. */
function vouchersOf({ vouchedBy }: JsonObject): string {
  const { plan, block }: JsonObject = isJsonObject(vouchedBy) ? vouchedBy : {}
  const namesIn = (hosts: Json | undefined): string =>
    Array.isArray(hosts) ? hosts.map((host: Json) => textOf(host)).join(', ') : ''
  return [
    namesIn(plan) === '' ? '' : ` The plan was confirmed by ${namesIn(plan)}.`,
    namesIn(block) === '' ? '' : ` The block was confirmed by ${namesIn(block)}.`,
  ].join('')
}

function checksOf({ found }: JsonObject): string {
  const checks = isJsonObject(found) && Array.isArray(found['checks']) ? found['checks'] : []
  return checks.flatMap((check: Json) => (isJsonObject(check) ? [textOf(check['reason'])] : [])).join(' ')
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
