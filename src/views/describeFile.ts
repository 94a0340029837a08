import { blocksText } from '../domain/notifications/phrases.js'
import { dueText, hasHeight } from '../domain/plans/dueAt.js'
import { isJsonObject, type Json, type JsonObject } from '../domain/text/json.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'
import type { AuditEntry } from '../store/Store.js'
import { type DetailedEntry, entriesOf, reasonsOf, textOf } from './auditDetails.js'
import { mergeRepeated } from './mergeRepeated.js'
import { distanceTo, type Pace } from './upgradeView.js'

/** What is known about the file of one upgrade. */
export interface FileStory {
  /** Audit entries about the upgrade, oldest first. */
  readonly entries: readonly AuditEntry[]
  readonly upgrade?: Upgrade
  readonly pace?: Pace | undefined
  /** All upgrades of its chain. */
  readonly upgrades?: ReadonlyMap<string, Upgrade> | undefined
  /** Formats Unix milliseconds for the reader. */
  readonly time: (ms: number) => string
}

/** Describes what became of the file of an upgrade, and of the upgrade after its height, one sentence each. */
export function describeFile(known: FileStory): readonly string[] {
  const { time, upgrade, pace } = known
  const entries = [...entriesOf(known, 'write'), ...entriesOf(known, 'upgrade')].sort(
    (a, b) => a.at - b.at || a.seq - b.seq,
  )
  const said = mergeRepeated(entries, sentenceOn, ({ at }) => time(at))
  if (said.length > 0) return hadNoFile(entries) ? [withoutFile(upgrade), ...said] : said
  if (upgrade === undefined || upgrade.status === 'pending') return ['Not written: nothing is scheduled.']
  if (upgrade.status !== 'scheduled') return [`Not written: the upgrade is ${upgrade.status.replace('_', ' ')}.`]
  if (!hasHeight(upgrade)) return [noHeight]
  const { blocksLeft } = distanceTo(upgrade, pace)
  if (blocksLeft === undefined) return ['Not written so far.']
  return [
    blocksLeft > 0n
      ? `Not written yet: height ${upgrade.height} is ${blocksText(blocksLeft)} ahead.`
      : `Not written yet: height ${upgrade.height} is reached, ${waitText(upgrade, known)}.`,
  ]
}

const noHeight = 'No file is written for what is due at a time: it has no height.'

/** Returns true if the height was reached and no writer was asked: every answer of one is in the trail. */
function hadNoFile(entries: readonly DetailedEntry[]): boolean {
  return (
    entries.some(({ detail }) => detail['type'] === 'triggered') &&
    !entries.some(({ kind, detail }) => kind === 'write' && detail['result'] !== 'postChecked')
  )
}

function withoutFile(upgrade: Upgrade | undefined): string {
  return upgrade !== undefined && !hasHeight(upgrade)
    ? noHeight
    : 'govstream wrote no file: upgradeInfo.when was never.'
}

/** Says what an upgrade may wait for whose height is reached. The state does not hold the configuration. */
function waitText({ scheduledAt }: Upgrade, { upgrades, time }: FileStory): string {
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
