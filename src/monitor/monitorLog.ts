import type { Turn } from '../domain/chainState.js'
import { blocksText } from '../domain/notifications/phrases.js'
import { unwritableText } from '../domain/stepHealth.js'
import { durationText } from '../domain/text/time.js'
import { isCleanup, type WriteOutcome } from '../domain/upgrades/writeOutcome.js'
import type { LogWriter } from '../channels/Channel.js'
import type { Migration } from '../store/file/migrate.js'
import type { DeliveryReport } from '../sinks/outbox/DeliveryReport.js'
import type { SyncProgress } from '../sources/createReader.js'
import { defined } from '../domain/defined.js'

/** A log that discards everything. */
export const silentLog: LogWriter = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Logs the oddities of a turn. Events worth a notification reach the log through the `log` handler. */
export function logTurn(log: LogWriter, turn: Turn): void {
  const {
    cause,
    state: { chain, health, head },
    moves,
  } = turn
  logWarnings(log, turn)
  for (const { type, upgrade, file, leftAt } of moves) {
    const fields = { chain, name: upgrade.name, ...defined({ height: upgrade.height }) }
    if (type === 'unheeded' && upgrade.unheeded !== undefined) log.warn(fields, upgrade.unheeded)
    if (file === 'written') log.info(fields, 'upgrade-info.json written ahead')
    if (leftAt !== undefined)
      log.warn(
        { ...fields, path: leftAt },
        'upgrade-info.json is written to another place now. The one here stays: move it away unless a node still reads it',
      )
  }
  if (cause !== 'failure') return
  const { consecutiveFailures, problem } = health
  // Logs failures 1, 2, 4, 8 and so on of a row.
  if (Number.isInteger(Math.log2(consecutiveFailures))) {
    log.warn(
      { chain, failures: consecutiveFailures, ...(head !== undefined && { block: String(head.number) }) },
      `poll failed: ${problem ?? 'no reason given'}`,
    )
  }
}

/** Logs the warnings of the reader. A single sync logs nothing else, because it prints its failures itself. */
export function logWarnings(log: LogWriter, { state: { chain }, warnings }: Turn): void {
  for (const warning of warnings) log.warn({ chain }, warning)
}

export function logDelivery(log: LogWriter, report: DeliveryReport): void {
  const { handler, id, attempt, result } = report
  if (result === 'delivered') return
  const fields = { handler, notification: id, attempt }
  // Logs attempts 1, 2, 4, 8 and so on, because a receiver may be unavailable for days.
  if (result === 'postponed' && !Number.isInteger(Math.log2(attempt))) return
  if (result === 'postponed') log.warn(fields, `delivery postponed: ${report.reason}`)
  else log.error(fields, `delivery given up: ${report.reason}`)
}

const progressEveryMs = 10_000

/** Logs the progress of reading each history: at the beginning, every ten seconds, and at the end. */
export function progressLog(log: LogWriter, now: () => number): (progress: SyncProgress) => void {
  // One entry for each chain, so the configuration limits its size.
  const logged = new Map<string, number>()
  return ({ chain, done, toGo, blocksPerSecond, secondsLeft }) => {
    const last = logged.get(chain)
    if (toGo > 0n && last !== undefined && Math.abs(now() - last) < progressEveryMs) return
    if (toGo > 0n) logged.set(chain, now())
    else logged.delete(chain)
    log.info(
      {
        chain,
        done: String(done),
        toGo: String(toGo),
        ...(blocksPerSecond !== undefined && { blocksPerSecond: Math.round(blocksPerSecond) }),
      },
      toGo === 0n
        ? 'history read'
        : `reading the history: ${blocksText(toGo)} to go${secondsLeft === undefined ? '' : `, about ${durationText(secondsLeft)}`}`,
    )
  }
}

/** Logs what happened to the file of a plan that is called off or completed, and the output of the hook. */
export function logFile(log: LogWriter, chain: string, outcome: WriteOutcome): void {
  if (outcome.result === 'hooked' && outcome.run !== undefined) {
    const { ok, summary, output, ms } = outcome.run
    const fields = { chain, proposal: outcome.key, ms, output }
    if (ok) log.info(fields, `the command of upgradeInfo.afterWrite ${summary}`)
    else log.error(fields, `the command of upgradeInfo.afterWrite ${summary}`)
  }
  if (outcome.result === 'unchanged' && outcome.remark !== undefined)
    log.warn({ chain, proposal: outcome.key }, outcome.remark)
  if (outcome.result === 'held') log.warn({ chain, proposal: outcome.key }, outcome.reason)
  if (!isCleanup(outcome)) return
  const fields = { chain, proposal: outcome.key, path: outcome.path }
  if (outcome.result === 'removed') log.warn(fields, `upgrade-info.json taken back. ${outcome.advice ?? ''}`.trimEnd())
  else if (outcome.result === 'archived')
    log.info(fields, `upgrade-info.json moved to ${outcome.to}: its upgrade is completed`)
  else if (outcome.result !== 'absent') log.error(fields, `upgrade-info.json left where it is: ${outcome.reason}`)
}

/** Logs when the state cannot be written, and when it can again. */
export function logUnwritable(log: LogWriter, since: number | undefined): void {
  if (since === undefined) log.info({}, 'the state can be written again: work that waited for it continues')
  else log.warn({}, unwritableText(since))
}

// Maximum size in bytes of a state file that is migrated within a few seconds, even on a busy disk.
const quickBytes = 2 ** 24

/** Logs before a large state file is migrated to this version, because nothing else happens until that is done. */
export function logMigration(log: LogWriter): (migration: Migration) => void {
  return ({ file, from, to, bytes }) => {
    if (bytes < quickBytes) return
    const size = `${Math.round(bytes / 2 ** 20)} MB`
    log.warn(
      { state: file, from, to, bytes },
      `the state of ${size} is brought from schema version ${from} to ${to} first: this may take minutes, and where it is stopped it begins anew`,
    )
  }
}
