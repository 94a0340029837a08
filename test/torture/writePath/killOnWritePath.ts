import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseConfig } from '../../../src/config/parseConfig.js'
import { bundled } from '../../support/programs/bundled.js'
import { seeded } from '../../support/seeded.js'
import { differencesBetween, type TorturedHome, torturedHome } from '../torturedHome.js'
import { planOf, stepsOfAWave } from './tale.js'

export interface WritePathOptions {
  /** The same seed gives the same kills: each is at an operation, and these come one after the other. */
  readonly seed: number
  /** So many by chance, besides those before the operations of an upgrade. */
  readonly kills: number
}

/** What became of a write path that was killed over and over, beside one that was not. */
export interface WritePathReport {
  readonly kills: number
  /** The operations of one upgrade, from its proposal to its completion. */
  readonly operations: number
  readonly notifications: number
  /** Files of completed upgrades. */
  readonly files: number
  /** Notifications that never came, and files that are not there. */
  readonly lost: number
  /** Notifications that the other never gave, and those that came twice from one life. */
  readonly repeated: number
  /** Times at which the file was not whole, and files that should be gone. */
  readonly torn: number
  /** Files that hold another plan than they should, and notifications of a file that was not there. */
  readonly wrong: number
}

// A life costs more the more upgrades lie behind it: several short tracks are cheaper than a long one.
const parts = 4

/**
 * Kills what reads, commits, writes, archives and tells before each of its operations, one upgrade after the other, and
 * beside that another one, of three chains, before operations by chance.
 */
export async function killOnWritePath({ seed, kills }: WritePathOptions): Promise<WritePathReport> {
  const program = bundled('test/torture/writePath/life.ts')
  const random = seeded(seed)
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

/** One part after the other: two lives at a time are as many as a small machine has cores for. */
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
 * Of each upgrade before one operation: before the first one of this part in the first upgrade, before the next one of
 * it in the next, until an upgrade has fewer. The next life begins with what was left. Resolves with how many it has at
 * the most.
 */
async function killAtEach({ live }: Track, first: number): Promise<number> {
  for (let operation = first, steps = stepsOfAWave; ; operation += parts, steps += stepsOfAWave) {
    const reached = await live({ steps, killAt: operation, countFrom: steps - stepsOfAWave })
    if (reached === 'ended') return operation - 1
  }
}

/** Counted from the start of each life, so that those that clear up after a kill are killed, too. */
async function killByChance({ live, kills }: Track, random: () => number, wanted: number): Promise<void> {
  for (let steps = 1; kills() < wanted; steps += 1) await live({ steps, killAt: 1 + Math.floor(random() * 160) })
}

interface Life {
  /** Steps of the tale that it is to read in the end. */
  readonly steps: number
  readonly killAt?: number
  /** Operations are counted from the beginning of this step on. @defaultValue from the start */
  readonly countFrom?: number
}

/** One state and its homes, and the same of one that is never killed. */
interface Track extends Disposable {
  readonly kills: () => number
  readonly live: (life: Life) => Promise<'ended' | 'died'>
  /** Has both read to the end, and compares them. */
  readonly report: () => Promise<TrackReport>
}

type TrackReport = Omit<WritePathReport, 'operations'>

/** In memory where the system has such a place: a process that is killed loses nothing of what it did not sync. */
function placeOfLives(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

function openTrack(program: string, chains: number): Track {
  const path = mkdtempSync(join(placeOfLives(), 'govstream-kills-'))
  let [kills, furthest] = [0, 0]
  const allowed = () => Array.from({ length: Math.ceil(furthest / stepsOfAWave) }, (_, wave) => planOf(wave))
  const homesOf = (whose: string): readonly TorturedHome[] =>
    Array.from({ length: chains }, (_, at) => torturedHome(join(path, whose, `home${at}`), allowed))
  const [homes, quiet] = [homesOf('killed'), homesOf('quiet')]
  const told: string[][] = []
  const live = async (life: Life): Promise<'ended' | 'died'> => {
    furthest = life.steps
    const { signal, lines } = await runLife(program, configOf(join(path, 'killed', 'state.db'), homes), life)
    told.push(lines)
    for (const home of homes) home.look()
    if (signal !== null) kills += 1
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
  /** What it printed: `told ID`, or `early ID` where what it told of was not there. */
  readonly lines: string[]
}

async function runLife(program: string, config: string, { steps, killAt, countFrom }: Life): Promise<Ended> {
  const child = spawn(process.execPath, [program, config, String(steps), String(countFrom ?? '')], {
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
