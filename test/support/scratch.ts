import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory for one test: a home, and room for a state file. */
export interface Scratch {
  readonly home: string
  /** The path for a state file. */
  readonly state: string
  /**
   * The parsed content of a file in the data directory of the home; `undefined` if there is
   * none.
   */
  readonly file: (name?: string) => unknown
  readonly [Symbol.dispose]: () => void
}

export function scratch(): Scratch {
  const path = mkdtempSync(join(tmpdir(), 'govstream-monitor-'))
  const home = join(path, 'home')
  mkdirSync(home)
  return {
    home,
    state: join(path, 'govstream.db'),
    file: (name = 'upgrade-info.json') => contentOf(join(home, 'data', name)),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** The parsed file, or `undefined` if there is none. */
function contentOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
}
