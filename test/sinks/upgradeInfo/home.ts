import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { bundled } from '../../support/programs/bundled.js'

export const asRoot = process.getuid?.() === 0
export const nobody = 65_534

export interface Home {
  readonly home: string
  readonly data: string
  readonly path: string
  /** The files in the data directory. */
  readonly names: () => readonly string[]
}

/** A home of a node on the real disk, removed after the test. */
export function freshHome({ data: withData = true } = {}): Home {
  const home = mkdtempSync(join(tmpdir(), 'govstream-home-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  chmodSync(home, 0o755)
  const data = join(home, 'data')
  if (withData) mkdirSync(data)
  return { home, data, path: join(data, 'upgrade-info.json'), names: () => readdirSync(data) }
}

export interface WriteElsewhere {
  readonly uid?: number
  /** File size limit in blocks of 512 or 1024 bytes. */
  readonly blocks?: number
  readonly crash?: boolean
  /** Inspects the home instead. */
  readonly inspect?: boolean
  readonly info?: string
}

/**
 * Writes the plan v2 for height 1000 at head 1 in another process: as another user, with a
 * file size limit, or to be killed.
 */
export function writeElsewhere(home: string, { uid, blocks, crash, inspect, info = '' }: WriteElsewhere): unknown {
  const name = crash === true ? 'crashAtRename' : inspect === true ? 'inspectOnce' : 'writeOnce'
  const script = bundled(`test/sinks/upgradeInfo/${name}.ts`)
  const limit = blocks === undefined ? '' : `trap '' XFSZ; ulimit -f ${blocks}; `
  const { stdout, stderr, status } = spawnSync(
    'sh',
    ['-c', `${limit}exec "$0" "$@"`, process.execPath, script, home, info],
    { encoding: 'utf8', ...(uid !== undefined && { uid, gid: uid }) },
  )
  if (crash === true && status === null) return undefined
  if (status !== 0) throw new Error(`the writing process failed: ${stderr}`)
  return JSON.parse(stdout)
}

/** Matches any text that contains `part`. */
export function says(part: string): unknown {
  return expect.stringContaining(part)
}

/**
 * Runs `body` between two system commands; reports if the system refuses the first, as most
 * containers refuse to mount.
 */
export async function whileDone(
  doing: readonly [string, ...string[]],
  undoing: readonly [string, ...string[]],
  body: () => Promise<void>,
): Promise<void> {
  const call = ([command, ...args]: readonly [string, ...string[]]) => spawnSync(command, args, { encoding: 'utf8' })
  const { status, stderr } = call(doing)
  if (status !== 0) {
    console.info(`not seen here, for the system refuses it: ${doing.join(' ')}: ${stderr}`)
    return
  }
  try {
    await body()
  } finally {
    expect(call(undoing).status).toBe(0)
  }
}
