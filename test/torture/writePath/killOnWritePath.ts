import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import Database from 'libsql'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { compiled } from '../../support/programs/bundled.js'
import { seeded } from '../../support/seeded.js'
import { differencesBetween, type TorturedHome, torturedHome } from '../torturedHome.js'
import { planOf, stepsOfAWave } from './tale.js'

export interface WritePathOptions {
  /** The same seed gives the same kills, since each is at an operation and these come in a fixed order. */
  readonly seed: number
  /** The number of random kills, in addition to those before the operations of an upgrade. */
  readonly kills: number
}

/** The result of a write path that was killed repeatedly, compared with a control. */
export interface WritePathReport {
  readonly kills: number
  /** The operations of one upgrade, from its proposal to its completion. */
  readonly operations: number
  readonly notifications: number
  /** Files of completed upgrades. */
  readonly files: number
  /** Notifications that were never sent, and missing files. */
  readonly lost: number
  /** Notifications that the control did not send, and those that one life sent twice. */
  readonly repeated: number
  /** Times at which the file was incomplete, and files that should have been removed. */
  readonly torn: number
  /** Files with another plan than they should hold, and notifications of a file that did not exist. */
  readonly wrong: number
}

// A life takes longer the more upgrades there were before: several short tracks are faster than a long one.
const parts = 4

/**
 * Kills the write path (read, commit, write, archive, send) before each of its operations, each time with another
 * upgrade, and at the same time another one with three chains before random operations.
 */
export async function killOnWritePath({ seed, kills }: WritePathOptions): Promise<WritePathReport> {
  const program = compiled('test/torture/writePath/life.ts')
  const random = seeded(seed)
  // One that ends by itself leaves its machine code to all others.
  await onTrack(openTrack(program, 1), ({ live }) => live({ steps: stepsOfAWave }))
  const [each, byChance] = await Promise.all([
    inParts((part) => onTrack(openTrack(program, 1), (track) => killAtEach(track, part + 1))),
    inParts(() => onTrack(openTrack(program, 3), (track) => killByChance(track, random, kills / parts))),
  ])
  const reports = [...each, ...byChance].map(({ report }) => report)
  const sum = (key: keyof TrackReport): number => reports.reduce((all, report) => all + report[key], 0)
  return {
    ...{ kills: sum('kills'), operations: Math.min(...each.map(({ did }) => did)) },
    ...{ notifications: sum('notifications'), files: sum('files') },
    ...{ lost: sum('lost'), repeated: sum('repeated'), torn: sum('torn'), wrong: sum('wrong') },
  }
}

/** One part after the other: two lives at a time match the cores of a small machine. */
async function inParts<T>(live: (part: number) => Promise<T>): Promise<readonly T[]> {
  const done: T[] = []
  for (let part = 0; part < parts; part += 1) done.push(await live(part))
  return done
}

async function onTrack<T>(
  opened: Track,
  kill: (track: Track) => Promise<T>,
): Promise<{ readonly did: T; readonly report: TrackReport }> {
  using track = opened
  return { did: await kill(track), report: await track.report() }
}

/**
 * Kills once per upgrade, before one operation: the first one of this part in the first upgrade, the next one of this
 * part in the next upgrade, until an upgrade has fewer operations. Each life continues from what the last one left.
 * Resolves with the largest number of operations.
 */
async function killAtEach({ live }: Track, first: number): Promise<number> {
  for (let operation = first, steps = stepsOfAWave; ; operation += parts, steps += stepsOfAWave) {
    const reached = await live({ steps, killAt: operation, countFrom: steps - stepsOfAWave })
    if (reached === 'ended') return operation - 1
  }
}

/** Counts from the start of each life, so that the recovery from a kill is killed too. */
async function killByChance({ live, kills }: Track, random: () => number, wanted: number): Promise<void> {
  for (let steps = 1; kills() < wanted; steps += 1) await live({ steps, killAt: 1 + Math.floor(random() * 160) })
}

/** The arguments of Node that start it. */
type Program = ReturnType<typeof compiled>

interface Life {
  /** Steps of the tale that are read in the end. */
  readonly steps: number
  readonly killAt?: number
  /** Operations are counted from the start of this step. @defaultValue from the start */
  readonly countFrom?: number
}

/** One state and its homes, and those of a control that is never killed. */
interface Track extends Disposable {
  readonly kills: () => number
  readonly live: (life: Life) => Promise<'ended' | 'died'>
  /** Lets both read to the end, and compares them. */
  readonly report: () => Promise<TrackReport>
}

type TrackReport = Omit<WritePathReport, 'operations'>

/** In memory if the system supports that: a process that is killed loses nothing that it did not sync. */
function placeOfLives(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

function openTrack(program: Program, chains: number): Track {
  const path = mkdtempSync(join(placeOfLives(), 'govstream-kills-'))
  const state = join(path, 'killed', 'state.db')
  // The program checks its state after a crash in a process of its own, which takes a third of a life.
  const isCheckedHere = chains === 1
  let [kills, furthest] = [0, 0]
  const allowed = () => Array.from({ length: Math.ceil(furthest / stepsOfAWave) }, (_, wave) => planOf(wave))
  const homesOf = (whose: string): readonly TorturedHome[] =>
    Array.from({ length: chains }, (_, at) => torturedHome(join(path, whose, `home${at}`), allowed))
  const [homes, quiet] = [homesOf('killed'), homesOf('quiet')]
  const told: string[][] = []
  const live = async (life: Life): Promise<'ended' | 'died'> => {
    furthest = life.steps
    const { signal, lines } = await runLife(program, configOf(state, homes), life)
    told.push(lines)
    for (const home of homes) home.look()
    if (signal !== null) kills += 1
    if (signal !== null && isCheckedHere) check(state)
    return signal === null ? 'ended' : 'died'
  }
  return {
    kills: () => kills,
    live,
    report: async () => {
      await live({ steps: furthest })
      const undisturbed = await runLife(program, configOf(join(path, 'quiet', 'state.db'), quiet), { steps: furthest })
      const expected = new Set(undisturbed.lines)
      const came = new Set(told.flat())
      const odd = differencesBetween(homes, quiet)
      const found = (what: (typeof odd)[number]): number => odd.filter((one) => one === what).length
      const seen = (part: 'torn' | 'wrong'): number => homes.reduce((all, home) => all + home.seen[part], 0)
      const early = told.flat().filter((line) => line.startsWith('early ')).length
      return {
        ...{ kills, notifications: expected.size },
        files: quiet.reduce((all, home) => all + Object.keys(home.files()).length, 0),
        lost: [...expected].filter((line) => !came.has(line)).length + found('missing'),
        repeated:
          [...came].filter((line) => !expected.has(line)).length +
          told.reduce((all, lines) => all + lines.length - new Set(lines).size, 0),
        torn: seen('torn') + found('left over'),
        wrong: seen('wrong') + found('other') + early,
      }
    },
    [Symbol.dispose]: () => {
      for (const home of [...homes, ...quiet]) home.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** Checks a state as the next life would, and leaves no mark of a crash. */
function check(state: string): void {
  const database = new Database(state, { readonly: true })
  const [verdict] = database.prepare('PRAGMA quick_check(1)').all()
  database.close()
  if (JSON.stringify(verdict) !== '{"quick_check":"ok"}')
    throw new Error(`A kill damaged the state: ${JSON.stringify(verdict)}`)
  rmSync(`${state}.open`, { force: true })
}

function configOf(state: string, homes: readonly TorturedHome[]): string {
  const address = `0x${'a1'.repeat(20)}`
  const chains = homes.map(({ path }, at) => ({
    name: `chain-${at}`,
    rpc: { urls: ['http://127.0.0.1:9'] },
    governance: { system: 'governor' as const, address },
    scheduler: { minUpgradeDelay: '0s', completion: 'height' as const, reminders: [] },
    upgradeInfo: { home: path },
  }))
  return JSON.stringify(parseConfig({ state, chains, notifier: { handlers: [] } }))
}

interface Ended {
  readonly signal: NodeJS.Signals | null
  /** The printed lines: `told ID`, or `early ID` if the announced file did not exist. */
  readonly lines: string[]
}

async function runLife(program: Program, config: string, { steps, killAt, countFrom }: Life): Promise<Ended> {
  const child = spawn(process.execPath, [...program, config, String(steps), String(countFrom ?? '')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...(killAt !== undefined && { KILL_AT: String(killAt) }),
      ...(countFrom !== undefined && { KILL_LATER: 'yes' }),
    },
  })
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const { exitCode, signalCode } = child
  const isAsExpected = exitCode === 0 || (signalCode === 'SIGKILL' && killAt !== undefined)
  if (!isAsExpected) throw new Error(`The life ended with ${exitCode ?? String(signalCode)}:\n${said}`)
  return { signal: signalCode, lines: out.split('\n').filter((line) => line !== '') }
}
