import { concatMap, defer, EMPTY, finalize, from, type Observable, of } from 'rxjs'
import { readEnvironment } from '../../config/environment.js'
import type { ChainConfig } from '../../config/schema.js'
import type { Turn } from '../../domain/chainState.js'
import { isLive } from '../../domain/upgrades/queueOf.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { runHook } from '../../sinks/upgradeInfo/runHook.js'
import { upgradeInfoPath } from '../../sinks/upgradeInfo/upgradeInfoPath.js'

/** The operator's command that runs after a write. Never errors. */
export interface AfterWrite {
  /** Marks the outcome of a write if the command is to run after it. */
  readonly marked: (outcome: WriteOutcome, upgrade: Upgrade) => WriteOutcome
  /** Runs the command for one upgrade and emits its outcome. Emits nothing if the command is already running for it. */
  run(upgrade: Upgrade): Observable<WriteOutcome>
  /**
   * Runs commands that are owed since before a crash, except for upgrades that this turn writes anyway. Returns
   * undefined if there are none.
   */
  runOwed(turn: Turn): Observable<WriteOutcome> | undefined
}

/** Creates the hook of one chain. `conceal` removes secrets from the output of the command. */
export function createAfterWrite(
  { name: chain, upgradeInfo: { home, when, afterWrite } }: ChainConfig,
  conceal: (text: string) => string,
): AfterWrite {
  const command = home === undefined || when === 'never' ? undefined : afterWrite
  const file = home === undefined ? '' : upgradeInfoPath(home)
  const running = new Set<string>()

  function run(upgrade: Upgrade): Observable<WriteOutcome> {
    const { key, name, height } = upgrade
    if (command === undefined || height === undefined) return of({ result: 'hooked', key })
    if (running.has(key)) return EMPTY
    return defer(() => {
      running.add(key)
      const controller = new AbortController()
      const about = { chain, name, height, file, searchPath: readEnvironment()['PATH'] }
      const ran = runHook(command, about, controller.signal).then((told): WriteOutcome => ({
        result: 'hooked',
        key,
        run: { ...told, output: conceal(told.output), summary: conceal(told.summary) },
      }))
      return from(ran).pipe(
        finalize(() => {
          controller.abort()
          running.delete(key)
        }),
      )
    })
  }

  function runOwed({ state: { upgrades }, due }: Turn): Observable<WriteOutcome> | undefined {
    const owed = [...upgrades.values()].filter(
      ({ hook, key }) => hook === 'owed' && !due.some((one) => one.key === key),
    )
    if (owed.length === 0) return undefined
    return from(owed).pipe(
      concatMap((upgrade) =>
        mayRun(upgrade) ? run(upgrade) : of<WriteOutcome>({ result: 'hooked', key: upgrade.key }),
      ),
    )
  }

  function marked(outcome: WriteOutcome, { hook: before, fileMark }: Upgrade): WriteOutcome {
    if (command === undefined || (outcome.result !== 'written' && outcome.result !== 'unchanged')) return outcome
    // If the mark differs, a crash came between a second write and its commit, so the command is still owed.
    const isAnother = fileMark !== undefined && outcome.mark !== undefined && outcome.mark !== fileMark
    return outcome.result === 'written' || before !== 'done' || isAnother ? { ...outcome, hook: true } : outcome
  }

  const hook: AfterWrite = { marked, run, runOwed }
  return hook
}

/**
 * True if the file was written and the plan has not been called off. An upgrade that blocks have ended since counts
 * too, because the node may still wait for the command.
 */
function mayRun(upgrade: Upgrade): boolean {
  const { status, withdrawn } = upgrade
  return isLive(upgrade) || status === 'completed' || (status === 'failed' && withdrawn !== true)
}
