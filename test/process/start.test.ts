import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { seedState } from '../support/seededState.js'
import { buildWhereStale } from './buildWhereStale.js'

const directory = mkdtempSync(join(tmpdir(), 'govstream-start-'))

beforeAll(async () => {
  await buildWhereStale()
  seedState(directory)
}, 180_000)
afterAll(() => rmSync(directory, { recursive: true }))

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'dist', 'cli', 'main.js')
const teller = join(root, 'test', 'support', 'programs', 'tellScripts.mjs')

/** The files that a command line loads. */
function filesOf(...args: readonly string[]): readonly string[] {
  const told = join(directory, 'scripts.json')
  const { status, stderr } = spawnSync(process.execPath, ['--import', teller, main, ...args], {
    cwd: directory,
    env: { TELL_SCRIPTS: told },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}: ${stderr}`)
  const scripts = z.array(z.string()).parse(JSON.parse(readFileSync(told, 'utf8')))
  return scripts.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url))
}

/** The sources that a command line loads, including those within a bundle, as paths from the root of the repository. */
function loadedBy(...args: readonly string[]): readonly string[] {
  return filesOf(...args)
    .flatMap((path) => (path.startsWith(join(root, 'dist', 'cli')) ? sourcesOf(path) : [path]))
    .map((path) => path.replace(/^.*\/(node_modules\/|src\/)/, '$1'))
}

/** What a chunk was made of, by its source map. */
function sourcesOf(chunk: string): readonly string[] {
  return z.object({ sources: z.array(z.string()) }).parse(JSON.parse(readFileSync(`${chunk}.map`, 'utf8'))).sources
}

function packagesIn(sources: readonly string[]): readonly string[] {
  const names = sources.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  return [...new Set(names)].sort()
}

// The engine is native and not a script; these find the one of this platform.
const engine = ['@neon-rs/load', 'detect-libc', 'libsql']

describe('a command that only reads the state', () => {
  const commands = ['status', 'proposals', 'upgrades', 'notifications', 'audit']

  it.each(commands)('%s --state FILE loads only the argument parser, the schemas and the engine', (command) => {
    const loaded = loadedBy(command, '--state', 'govstream.db')

    expect(packagesIn(loaded)).toStrictEqual([...engine, 'commander', 'zod'].sort())
    expect(loaded.filter((path) => path.startsWith('src/config/')).sort()).toStrictEqual([
      'src/config/defaultState.ts',
      // Small enough to be with what every command loads.
      'src/config/describeIssues.ts',
      'src/config/environment.ts',
      // For `--version`.
      'src/config/readVersion.ts',
      // Names, small enough as well.
      'src/config/systems.ts',
    ])
    // The small zod is enough for rows.
    expect(loaded.filter((path) => path.includes('/zod/v4/classic/'))).toStrictEqual([])
  })

  it.each(commands)('%s with a configuration loads no more than the names of state and chains need', (command) => {
    const loaded = loadedBy(command)

    expect(packagesIn(loaded)).toStrictEqual([...engine, 'commander', 'yaml', 'zod'].sort())
    expect(loaded).not.toContain('src/config/schema.ts')
    // The large one brings 40 kB for two texts.
    expect(loaded.filter((path) => path.includes('/zod/v4/classic/'))).toStrictEqual([])
  })

  // Each file costs half a millisecond, whatever its size.
  it.each(commands)('%s opens at most 16 files of the bundle', (command) => {
    const chunks = filesOf(command).filter((path) => path.startsWith(join(root, 'dist', 'cli')))

    expect(chunks.length).toBeLessThanOrEqual(16)
  })

  it('loads no other command', () => {
    const commandsIn = (sources: readonly string[]): readonly string[] =>
      sources.filter((path) => path.startsWith('src/cli/commands/'))
    expect(commandsIn(loadedBy('audit', '--state', 'govstream.db'))).toStrictEqual(['src/cli/commands/audit.ts'])
  })
})

it('--help and --version load only the argument parser', () => {
  expect(packagesIn(loadedBy('--help'))).toStrictEqual(['commander'])
  expect(packagesIn(loadedBy('--version'))).toStrictEqual(['commander'])
})
