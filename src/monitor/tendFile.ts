import { concatMap, defer, EMPTY, filter, finalize, from, type Observable, of } from 'rxjs'
import { readEnvironment } from '../config/environment.js'
import type { ChainConfig } from '../config/schema.js'
import type { Turn } from '../domain/chainState.js'
import { leftOver, mayBeLeftOver } from '../domain/upgrades/planOnFile.js'
import { isLive } from '../domain/upgrades/queueOf.js'
import type { PlanOnFile, Upgrade, WriteOutcome } from '../domain/upgrades/upgrade.js'
import { archiveUpgradeInfo } from '../sinks/upgradeInfo/archiveUpgradeInfo.js'
import { planInFile } from '../sinks/upgradeInfo/planInFile.js'
import { runHook } from '../sinks/upgradeInfo/runHook.js'
import { upgradeInfoPath } from '../sinks/upgradeInfo/upgradeInfoPath.js'

/** What is done about the file besides writing and taking back. Never rejects. */
export interface FileCare {
  /** Moves the file of a completed upgrade aside. */
  readonly archive: (plan: PlanOnFile) => Promise<WriteOutcome>
  /** Looks whether the file holds a plan that is off, by whomever written; answers where that is news. */
  readonly look: (turn: Turn) => Promise<WriteOutcome | undefined>
  /** The answer of the writer, marked where the command of the operator is to follow it. */
  readonly marked: (outcome: WriteOutcome, upgrade: Upgrade) => WriteOutcome
  /** Runs the command for one upgrade and answers for it. One at a time for each. */
  readonly actAfterWrite: (upgrade: Upgrade) => Observable<WriteOutcome>
  /** Runs what is owed from before a crash, but for the upgrades that this turn writes anyway. */
  readonly actOnOwed: (turn: Turn) => Observable<WriteOutcome>
}

export interface FileCareOptions {
  /** Takes secrets out of what the command prints. */
  readonly conceal: (text: string) => string
}

/** Makes the care for the file of one chain. */
export function tendFile(
  { name: chain, upgradeInfo: { home, profile, when, afterWrite } }: ChainConfig,
  { conceal }: FileCareOptions,
): FileCare {
  const path = home === undefined ? '' : upgradeInfoPath(home)
  const move = home === undefined ? undefined : archiveUpgradeInfo({ home })
  const command = home === undefined || when === 'never' ? undefined : afterWrite
  const running = new Set<string>()
  let found = ''

  async function lookIn(place: string, { state: { upgrades, head } }: Turn): Promise<WriteOutcome | undefined> {
    const plan = await planInFile(place)
    const off = plan === undefined || head === undefined ? undefined : leftOver(plan, upgrades, head.number)
    const mark = plan === undefined || off === undefined ? '' : `${off.key} ${plan.name}@${plan.height}`
    const isNews = mark !== found
    found = mark
    if (!isNews || plan === undefined || off === undefined) return undefined
    return { result: 'found', key: off.key, ...plan, path, reason: leftOverReason(off, { ...plan, path, profile }) }
  }

  function actAfterWrite(upgrade: Upgrade): Observable<WriteOutcome> {
    const { key, name, height } = upgrade
    if (command === undefined) return of({ result: 'hooked', key })
    if (running.has(key)) return EMPTY
    return defer(() => {
      running.add(key)
      const controller = new AbortController()
      const ran = runHook(
        command,
        { chain, name, height, file: path, searchPath: readEnvironment()['PATH'] },
        controller.signal,
      )
      return from(
        ran.then((run): WriteOutcome => ({
          result: 'hooked',
          key,
          run: { ...run, output: conceal(run.output), summary: conceal(run.summary) },
        })),
      ).pipe(
        finalize(() => {
          controller.abort()
          running.delete(key)
        }),
      )
    })
  }

  return {
    archive: async (plan) => {
      const { key } = plan
      if (move === undefined) return { result: 'kept', key, path, reason: 'No file is written here by configuration.' }
      const outcome = await move(plan)
      if (outcome.result !== 'failed') return { ...outcome, key }
      return {
        result: 'stuck',
        key,
        path,
        reason: `${plan.name} is completed, but ${outcome.reason} ${atNextCrash[profile]}`,
      }
    },
    look: async (turn) => {
      const isCaughtUp = turn.cause === 'reading' && turn.state.health.backlog === 0n
      if (home === undefined || !isCaughtUp || (found === '' && !mayBeLeftOver(turn.state.upgrades))) return undefined
      return lookIn(home, turn)
    },
    marked: (outcome, { hook: before, fileMark }) => {
      if (command === undefined || (outcome.result !== 'written' && outcome.result !== 'unchanged')) return outcome
      // A crash may have come between a second writing and its commit.
      const isAnother = fileMark !== undefined && outcome.mark !== undefined && outcome.mark !== fileMark
      return outcome.result === 'written' || before !== 'done' || isAnother ? { ...outcome, hook: true } : outcome
    },
    actAfterWrite,
    actOnOwed: ({ state: { upgrades }, due }) =>
      from([...upgrades.values()]).pipe(
        filter((upgrade) => upgrade.hook === 'owed' && !due.some(({ key }) => key === upgrade.key)),
        concatMap((upgrade) =>
          mayHook(upgrade) ? actAfterWrite(upgrade) : of<WriteOutcome>({ result: 'hooked', key: upgrade.key }),
        ),
      ),
  }
}

/** What was written and is not off: also where blocks alone have ended it since, for the node may wait for the command. */
function mayHook(upgrade: Upgrade): boolean {
  const { status, withdrawn } = upgrade
  return isLive(upgrade) || status === 'completed' || (status === 'failed' && withdrawn !== true)
}

const atNextCrash = {
  wemixvisor: 'wemixvisor applies it again when the node ends with an error: move the file away by hand.',
  cosmovisor: 'Move the file away by hand.',
  portable: 'Move the file away by hand.',
} as const

function leftOverReason(
  { status, height: moved, reasons }: Upgrade,
  {
    name,
    height,
    path,
    profile,
  }: {
    readonly name: string
    readonly height: number
    readonly path: string
    readonly profile: keyof typeof atNextCrash
  },
): string {
  const off =
    status === 'cancelled'
      ? 'that plan is cancelled'
      : status === 'refused'
        ? `that plan was refused: ${reasons.map((reason) => reason.replace(/\.$/, '')).join('; ')}`
        : `that plan was moved to height ${moved}`
  const todo =
    status === 'refused'
      ? 'It may have been written in the last moment before govstream was gone, and the process manager may have read it: look which binary runs, then move the file away.'
      : profile === 'wemixvisor'
        ? 'Move the file away and restart wemixvisor, which keeps a plan it has read; else it switches the binary when the node ends with an error.'
        : 'Move the file away before that height, or the process manager switches the binary there; if it has switched already, put the old one back.'
  return `${path} holds ${name} for height ${height}, but ${off}. govstream does not remove it: it is not its own any more, or its height is reached. ${todo}`
}
