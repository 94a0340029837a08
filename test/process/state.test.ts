import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect } from 'vitest'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { ask, call, start } from './program.js'
import { onSharedChain as it } from '../support/fixtures.js'

beforeAll(() => buildWhereStale(), 180_000)

describe('without something it needs', () => {
  it('an unreachable RPC endpoint is reported, and does not end the run; sync exits with 75', async ({ chain }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: 'http://user:hunter2@127.0.0.1:9/hunter2', governor })
    const program = start(['run', '--config', office.config])
    await program.says('poll failed')
    await program.says('cannot be read')
    program.signal('SIGTERM')
    const { code, stderr } = await program.ended
    expect(code).toBe(0)
    expect(stderr).not.toContain('hunter2')

    expect(await call('sync', '--config', office.config)).toMatchObject({ code: 75 })
  })

  it('a state that cannot be written ends the run with 1 and a message', async ({ chain }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor })
    await ask('sync', '--config', office.config)
    // Root ignores modes; a directory in the place of the journal also stops it.
    rmSync(`${office.state}-wal`, { force: true })
    mkdirSync(`${office.state}-wal`)
    const { code, stdout, stderr } = await call('run', '--config', office.config)

    expect({ code, stdout }).toStrictEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`govstream: The state file ${office.state} cannot be used`)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('a state file', () => {
  it('that is damaged is moved aside and rebuilt, which is announced', async ({ chain }) => {
    const people = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor: people.governor })
    await people.actor.propose({ description: 'One' })
    await ask('sync', '--config', office.config)
    const bytes = readFileSync(office.state)
    bytes.fill(0xff, 8_192, bytes.length)
    writeFileSync(office.state, bytes)

    expect(await ask('sync', '--config', office.config)).toMatchObject([{ ok: true }])
    expect(await ask('proposals', '--config', office.config)).toMatchObject([{ title: 'One' }])
    await ask('sync', '--config', office.config)
    expect(await ask('notifications', '--config', office.config)).toMatchObject([
      { event: 'new_proposal', chain: 'local' },
      { event: 'state_rebuilt', chain: 'local', priority: 'high' },
    ])
    expect(readdirSync(office.path).filter((name) => /\.damaged-\d{8}T\d{6}Z$/.test(name))).toHaveLength(1)
  })

  it('that is deleted ends the run, and the next one starts over', async ({ chain }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor })
    const program = start(['run', '--config', office.config])
    await program.says('govstream starts')
    await ask('sync', '--config', office.config)
    rmSync(office.state)
    const { code, stderr } = await program.ended

    expect(code).toBe(1)
    expect(stderr).toContain(
      `govstream: The state file ${office.state} was deleted or replaced while govstream works with it`,
    )
    expect(await ask('sync', '--config', office.config)).toMatchObject([{ ok: true }])
  })

  it('that is truncated ends the run, which is announced at the next start', async ({ chain }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor })
    const program = start(['run', '--config', office.config])
    await program.says('govstream starts')
    await ask('sync', '--config', office.config)
    truncateSync(office.state)
    const { code, stderr } = await program.ended

    expect(code).toBe(1)
    // Whichever finds it first: the check of the file each second, or the engine.
    expect(stderr).toMatch(/^govstream: The state file \S+ (was cut off or overwritten|cannot be used: its content)/m)
    expect(await ask('sync', '--config', office.config)).toMatchObject([{ ok: true }])
    expect(await ask('notifications', '--config', office.config)).toMatchObject([{ event: 'state_rebuilt' }])
  })
})
