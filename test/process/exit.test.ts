import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { listen } from '../support/servers/listen.js'
import { startNameServer } from '../support/servers/nameServer.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { call, main, start } from './program.js'

beforeAll(() => buildWhereStale(), 180_000)

const hangingDisk = new URL('../support/programs/hangingDisk.mjs', import.meta.url).href
const preload = new URL('../support/programs/silentNames.mjs', import.meta.url).href

it('the program ends on SIGTERM with a log line even if name servers do not answer', async () => {
  const names = await startNameServer(() => 'silence')
  onTestFinished(() => names.stop())
  using office = openOffice({ rpc: 'http://dead.example:8545', governor: `0x${'1'.repeat(40)}` })
  const program = start(['run', '--config', office.config], {
    env: { ...process.env, NODE_OPTIONS: `--import ${preload}`, SILENT_NAME_SERVER: names.address },
  })
  await names.waitFor(1)
  program.signal('SIGTERM')
  const { code, stderr } = await program.ended
  expect(code).toBe(0)
  expect(stderr.trimEnd().split('\n').at(-1)).toContain('govstream stopped')
})

it('a hanging disk blocks neither the polls nor the end of the program', async () => {
  using office = openOffice({ rpc: 'http://127.0.0.1:9', governor: `0x${'1'.repeat(40)}` })
  const pipe = join(office.path, 'pipe')
  execFileSync('mkfifo', [pipe])
  const program = start(['run', '--config', office.config], {
    env: { ...process.env, NODE_OPTIONS: `--import ${hangingDisk}`, HANGING_PLACE: office.home, HANGING_PIPE: pipe },
  })
  await program.says('poll failed')
  program.signal('SIGTERM')
  const { code, stderr } = await program.ended
  // Only a signal ends a process with a thread that hangs.
  expect(code).toBeNull()
  expect(stderr.trimEnd().split('\n').at(-1)).toContain('govstream stopped')
})

it('a command prints all of its output before it ends, however long it is', async () => {
  using office = openOffice({ rpc: 'http://127.0.0.1:1', governor: `0x${'1'.repeat(40)}` })
  const config = z
    .looseObject({ chains: z.array(z.looseObject({})) })
    .parse(JSON.parse(readFileSync(office.config, 'utf8')))
  writeFileSync(
    office.config,
    JSON.stringify({
      ...config,
      chains: Array.from({ length: 2_000 }, (_, at) => ({ ...config.chains[0], name: `chain-${at}` })),
    }),
  )
  const { code, stdout } = await call('status', '--json', '--config', office.config)
  expect(code).toBe(0)
  expect(stdout.length).toBeGreaterThan(200_000)
  expect(JSON.parse(stdout)).toHaveLength(2_000)
})

describe('output that goes to a full disk', () => {
  // Each write to this device fails as on a full disk.
  const full = openSync('/dev/full', 'w')
  afterAll(() => closeSync(full))

  it.each(['json', 'pretty'])('does not end a run: it polls on without its log (%s)', async (format) => {
    let polls = 0
    const node = await listen((_request, response) => {
      polls += 1
      response.writeHead(503).end()
    })
    onTestFinished(() => node.stop())
    using office = openOffice({ rpc: node.url, governor: `0x${'1'.repeat(40)}` })
    const config: unknown = JSON.parse(readFileSync(office.config, 'utf8'))
    writeFileSync(office.config, JSON.stringify({ ...z.looseObject({}).parse(config), log: { format } }))
    const program = spawn(process.execPath, [main, 'run', '--config', office.config], {
      stdio: ['ignore', 'ignore', full],
    })
    const ended = once(program, 'exit')
    await expect.poll(() => polls >= 3 || program.exitCode !== null).toBe(true)
    program.kill('SIGTERM')
    expect(await ended).toStrictEqual([0, null])
  })

  it.each([['--help'], ['completion', 'bash']])('fails a command with the reason: %s', (...line) => {
    const { status, stderr } = spawnSync(process.execPath, [main, ...line], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    })
    expect(stderr).toBe('govstream: the output cannot be written: ENOSPC: no space left on device, write\n')
    expect(status).toBe(1)
  })
})
