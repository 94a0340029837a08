import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { judgeChecksum } from '../../src/domain/readiness/judgeChecksum.js'
import { judgeStaging } from '../../src/domain/readiness/judgeStaging.js'
import { machineOf } from '../../src/domain/readiness/machine.js'
import { downloadFor, type HashType } from '../../src/domain/readiness/plannedDownload.js'
import type { StagedBinary } from '../../src/domain/readiness/staging.js'
import { observeStaging, type StagingQuestion } from '../../src/preflight/observeStaging.js'
import { elf, machO } from '../support/executables.js'
import { onPlace as it } from '../support/onPlace.js'

const containing = (text: string): unknown => expect.stringContaining(text)

const machine = machineOf(process.platform, process.arch)
const script = '#!/bin/sh\nexit 0\n'

function put(path: string, content: string | Buffer = script, mode = 0o755): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  chmodSync(path, mode)
}

/** The findings about the binary of `name` in a home. */
async function said(home: string, parts: Partial<StagingQuestion> = {}): Promise<readonly string[]> {
  const staging = await observeStaging(
    { name: 'v2', home, layout: 'cosmovisor', hashes: [], ...parts },
    new AbortController().signal,
  )
  return judgeStaging(staging, machine).map(
    ({ id, verdict, reason }) => `${id} ${verdict}: ${reason.replaceAll(home, '~')}`,
  )
}

describe('the binary of an upgrade', () => {
  it('is ready at the path where the process manager looks', async ({ place: { home } }) => {
    put(join(home, 'cosmovisor/genesis/bin/gaiad'))
    put(join(home, 'cosmovisor/upgrades/v2/bin/gaiad'))
    expect(await said(home)).toStrictEqual([
      'binary ready: ~/cosmovisor/upgrades/v2/bin/gaiad is there and may be run.',
      'platform ready: ~/cosmovisor/upgrades/v2/bin/gaiad is a script.',
    ])
  })

  it('may be a link to a program of this machine', async ({ place: { home } }) => {
    put(join(home, 'wemixvisor/genesis/bin/wemixd'))
    mkdirSync(join(home, 'wemixvisor/upgrades/V2/bin'), { recursive: true })
    symlinkSync(process.execPath, join(home, 'wemixvisor/upgrades/V2/bin/wemixd'))
    expect(await said(home, { name: 'V2', layout: 'wemixvisor' })).toStrictEqual([
      'binary ready: ~/wemixvisor/upgrades/V2/bin/wemixd is there and may be run.',
      'platform ready: ~/wemixvisor/upgrades/V2/bin/wemixd is for this machine.',
    ])
  })

  it('is not ready if it is missing, incomplete, in a directory with another name, or not a file', async ({
    place: { home },
  }) => {
    put(join(home, 'cosmovisor/genesis/bin/gaiad'))
    expect(await said(home)).toStrictEqual([
      'binary not_ready: The new binary is not staged: ~/cosmovisor/upgrades/v2 does not exist.',
    ])
    put(join(home, 'cosmovisor/upgrades/V2/bin/gaiad'))
    expect(await said(home, { name: 'V2' })).toStrictEqual([
      'binary not_ready: There is a directory V2, but cosmovisor looks for ~/cosmovisor/upgrades/v2.',
    ])
    put(join(home, 'cosmovisor/upgrades/v2/bin/gaia'))
    expect(await said(home)).toStrictEqual([
      'binary not_ready: ~/cosmovisor/upgrades/v2 is half made: ~/cosmovisor/upgrades/v2/bin/gaiad does not exist; there is gaia instead. cosmovisor downloads nothing into a directory that exists.',
    ])
    mkdirSync(join(home, 'cosmovisor/upgrades/v2/bin/gaiad'))
    expect(await said(home)).toStrictEqual(['binary not_ready: ~/cosmovisor/upgrades/v2/bin/gaiad is no regular file.'])
  })

  it('has the name of the only file in the genesis directory, whatever directories are beside it', async ({
    place: { home },
  }) => {
    put(join(home, 'cosmovisor/genesis/bin/gaiad'))
    mkdirSync(join(home, 'cosmovisor/genesis/bin/old'))
    put(join(home, 'cosmovisor/upgrades/v2/bin/gaiad'))
    expect((await said(home))[0]).toContain('gaiad is there and may be run.')
  })

  it('is found among any number of directories', async ({ place: { home } }) => {
    put(join(home, 'cosmovisor/genesis/bin/gaiad'))
    for (let index = 0; index < 1_100; index += 1)
      mkdirSync(join(home, `cosmovisor/upgrades/a${index}`), { recursive: true })
    put(join(home, 'cosmovisor/upgrades/v2/bin/gaiad'))
    expect((await said(home))[0]).toContain('gaiad is there and may be run.')
  })

  it('is not ready if cosmovisor could not change its link, or has already changed it', async ({ place: { home } }) => {
    const root = join(home, 'cosmovisor')
    const current = join(root, 'current')
    put(join(root, 'genesis/bin/gaiad'))
    put(join(root, 'upgrades/v2/bin/gaiad'))
    const linked = async (target: string): Promise<string> => {
      rmSync(current, { recursive: true, force: true })
      symlinkSync(target, current)
      return (await said(home))[0] ?? ''
    }

    expect(await linked('genesis')).toContain('binary ready')
    expect(await linked(join(root, 'genesis'))).toContain('binary ready')
    expect(await linked('upgrades/v1')).toMatch(/^binary not_ready: .* is a link that leads nowhere/)
    expect(await linked('upgrades/v2')).toMatch(/^binary not_ready: .* leads to it already/)
    rmSync(current)
    put(join(current, 'bin/gaiad'))
    expect((await said(home))[0]).toMatch(/^binary not_ready: .* is not a link/)
  })

  it('is ready wherever the link of wemixvisor leads, because that is replaced', async ({ place: { home } }) => {
    put(join(home, 'wemixvisor/genesis/bin/wemixd'))
    put(join(home, 'wemixvisor/upgrades/v2/bin/wemixd'))
    symlinkSync('upgrades/v1', join(home, 'wemixvisor/current'))
    expect((await said(home, { layout: 'wemixvisor' }))[0]).toContain('binary ready')
  })

  it('is not ready if it is not executable or is for another machine', async ({ place: { home } }) => {
    const path = join(home, 'cosmovisor/upgrades/v2/bin/gaiad')
    put(join(home, 'cosmovisor/genesis/bin/gaiad'))
    put(path, script, 0o644)
    expect(await said(home)).toContainEqual(expect.stringContaining('binary not_ready'))
    const other = machine.os === 'linux' ? machO() : elf()
    put(path, other)
    expect((await said(home))[1]).toMatch(/^platform not_ready: .* is for .*, and this machine is/)
  })

  it('is unknown if its name or the process manager is unknown', async ({ place: { home } }) => {
    put(join(home, 'cosmovisor/upgrades/v2/bin/gaiad'))
    expect(await said(home)).toStrictEqual([
      'binary unknown: What the binary is called is not known: ~/cosmovisor/genesis/bin holds none.',
    ])
    expect((await said(home, { daemon: 'gaiad' }))[0]).toContain('binary ready')
    const question = { name: 'v2', home, daemon: 'gaiad', hashes: [] }
    const { signal } = new AbortController()
    expect(await observeStaging(question, signal)).toMatchObject({ kind: 'binary', layout: 'cosmovisor' })
    mkdirSync(join(home, 'wemixvisor'))
    expect(judgeStaging(await observeStaging(question, signal), machine)).toMatchObject([
      { verdict: 'unknown', reason: containing('it holds both') },
    ])
  })

  it('is not searched for under a name that leads elsewhere', async ({ place: { home } }) => {
    put(join(home, 'wemixvisor/genesis/bin/wemixd'))
    put(join(home, 'bin/wemixd'))
    expect(await said(home, { name: '../..', layout: 'wemixvisor' })).toStrictEqual([
      "binary not_ready: The plan's name holds a slash, which could lead out of the upgrade directory.",
    ])
  })

  it('is compared with the checksum of the plan', async ({ place: { home } }) => {
    put(join(home, 'cosmovisor/genesis/bin/gaiad'))
    put(join(home, 'cosmovisor/upgrades/v2/bin/gaiad'))
    const verdict = async (url: string): Promise<string> => {
      const finding = downloadFor({ name: 'v2', height: 1, info: { binaries: { any: url } } }, machine)
      const { signal } = new AbortController()
      const hashes = ['sha256', 'sha512', 'md5'] as const
      const staging = await observeStaging({ name: 'v2', home, layout: 'cosmovisor', hashes }, signal)
      return staging.kind === 'binary' ? judgeChecksum(staging, finding).verdict : staging.kind
    }
    const sum = (type: string): string => createHash(type).update(script).digest('hex')

    expect(await verdict(`https://a.example/gaiad?checksum=sha256:${sum('sha256')}`)).toBe('ready')
    expect(await verdict(`https://a.example/gaiad?checksum=${sum('sha512')}`)).toBe('ready')
    expect(await verdict(`https://a.example/gaiad?checksum=sha256:${'0'.repeat(64)}`)).toBe('not_ready')
    expect(await verdict(`https://a.example/gaiad?checksum=md5:${sum('md5')}`)).toBe('unknown')
    expect(await verdict(`https://a.example/gaiad?checksum=md5:${'0'.repeat(32)}`)).toBe('not_ready')
    expect(await verdict(`https://a.example/gaiad.zip?checksum=sha256:${sum('sha256')}`)).toBe('unknown')
    expect(await verdict('https://a.example/gaiad')).toBe('ready')
  })

  it.each<[string, HashType, string, string, string]>([
    ['the one in the archive', 'sha256', script, 'ready', 'is the binary in the archive, which has the sha256'],
    ['another than the one in the archive', 'sha256', 'another', 'not_ready', 'is not the binary of the plan'],
    ['the one in the archive by a hash that can be forged', 'md5', script, 'unknown', 'such a sum can be forged'],
  ])('has the right verdict if the plan names an archive and it is %s', (_, type, packed, verdict, said) => {
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    const hex = type === 'md5' ? 'a'.repeat(32) : 'a'.repeat(64)
    const url = `https://a.example/gaiad.zip?checksum=${type}:${hex}`
    const finding = downloadFor({ name: 'v2', height: 1, info: { binaries: { any: url } } }, machine)
    const staged: StagedBinary = {
      kind: 'binary',
      layout: 'cosmovisor',
      path: '/gaiad',
      size: 1,
      mayBeRun: true,
      format: { kind: 'script' },
      hashes: { sha256: hash(script) },
    }
    const unpacked = { member: 'gaiad', sha256: hash(packed) }
    const content = { kind: 'program', path: '/tmp/gaiad', size: 1, format: { kind: 'script' }, unpacked } as const
    const download = { kind: 'fetched', size: 1, hash: hex, content } as const

    expect(judgeChecksum(staged, finding, download)).toMatchObject({ verdict, reason: containing(said) })
    expect(judgeChecksum(staged, finding, { ...download, hash: 'b'.repeat(64) }).verdict).toBe('unknown')
  })
})
