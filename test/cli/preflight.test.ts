import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import { buildWhereStale } from '../process/buildWhereStale.js'
import type { JsonObject } from '../../src/domain/text/json.js'
import type { Upgrade } from '../../src/domain/upgrades/upgrade.js'
import { openStore } from '../../src/store/openStore.js'
import { startChain } from '../support/chain.js'
import { cli } from '../support/cli.js'
import { cliHere } from '../support/cliHere.js'
import { governor } from '../support/configs.js'
import { onSharedChain, untilDone } from '../support/fixtures.js'
import { authority, startDownloadServer } from '../support/servers/downloadServer.js'
import { onPlace as withoutChain } from '../support/onPlace.js'
import { at, queueing, state, turn, upgrade } from '../support/storeGiven.js'

beforeAll(() => buildWhereStale(), 180_000)

const containing = (text: string): unknown => expect.stringContaining(text)
const anyText: unknown = expect.any(String)

// The clock of the command line in tests, and of its chain.
const clock = Date.UTC(2025, 0, 1, 0, 5) / 1000
const it = onSharedChain.extend('chain', { scope: 'file' }, async ({}, { onCleanup }) => {
  const chain = await startChain('--timestamp', String(clock))
  onCleanup(() => chain.stop())
  return chain
})

const fetching = it.extend('server', { scope: 'file' }, ({}, cleaning) => untilDone(startDownloadServer(), cleaning))

const script = '#!/bin/sh\nexit 0\n'
const sha256 = createHash('sha256').update(script).digest('hex')
const infoOf = (sum: string): JsonObject => ({ binaries: { any: `https://a.example/noded?checksum=sha256:${sum}` } })

const found = z.array(
  z.object({
    verdict: z.string(),
    checks: z.array(z.object({ id: z.string(), verdict: z.string(), reason: z.string(), todo: z.string().nullable() })),
  }),
)

function stage(home: string, name: string): void {
  for (const directory of ['genesis', `upgrades/${name}`]) {
    const path = join(home, 'wemixvisor', directory, 'bin/noded')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, script)
    chmodSync(path, 0o755)
  }
}

/** A configuration with a home, and the upgrades read so far. */
function given(home: string, url: string, upgrades: readonly Upgrade[], preflight: object = {}): string {
  const directory = dirname(home)
  const config = {
    chains: [
      {
        name: 'local',
        rpc: { urls: [url] },
        governance: { system: 'governor', address: governor },
        upgradeInfo: { home },
        preflight,
      },
    ],
  }
  writeFileSync(join(directory, 'govstream.yaml'), JSON.stringify(config))
  const store = openStore({ path: join(directory, 'govstream.db') })
  store.commit(turn({ state: state({ head: at(10n), upgrades: queueing(...upgrades) }) }), () => ({ to: [] }))
  store.close()
  return directory
}

describe('preflight', () => {
  it('is ready if the binary matches the plan, and all other checks pass', async ({ chain, place }) => {
    const ours = upgrade('2', { info: infoOf(sha256) })
    const directory = given(place.home, chain.url, [ours, upgrade('1', { status: 'completed' })])
    stage(place.home, 'v2')
    mkdirSync(join(place.home, 'data'))
    const { code, out, err } = await cliHere(['preflight', '--json'], directory)

    expect({ code, err }).toStrictEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toStrictEqual([
      {
        chain: 'local',
        key: 'local/0xc0ffee/2',
        name: 'v2',
        height: 1_000,
        verdict: 'ready',
        checks: ['binary', 'platform', 'checksum', 'disk', 'node', 'clock', 'file'].map((id) => ({
          id,
          verdict: 'ready',
          reason: anyText,
          todo: null,
        })),
        checkedAt: '2025-01-01T00:05:00.000Z',
      },
    ])
    expect((await cliHere(['preflight', 'v2'], directory)).out.replaceAll(place.home, '~')).toMatch(
      /^local: upgrade v2 at 1,000: ready\n {2}binary: ~\/wemixvisor\/upgrades\/v2\/bin\/noded is there and may be run\.\n/,
    )
  })

  it('is not ready, exit code 1, if one check fails, and says what to do', async ({ chain, place }) => {
    const directory = given(place.home, chain.url, [upgrade('2', { info: infoOf('0'.repeat(64)) }), upgrade('3')])
    stage(place.home, 'v2')
    const { code, out } = await cliHere(['preflight', '--json'], directory)
    const [v2, v3] = found.parse(JSON.parse(out))

    expect(code).toBe(1)
    expect(v2).toMatchObject({ verdict: 'not_ready' })
    expect(v2?.checks.filter(({ verdict }) => verdict === 'not_ready')).toStrictEqual([
      {
        id: 'checksum',
        verdict: 'not_ready',
        reason: containing(sha256),
        todo: 'Put the binary of the plan there.',
      },
    ])
    expect(v3?.checks[0]).toMatchObject({ id: 'binary', verdict: 'not_ready' })
    expect((await cliHere(['preflight', 'v3'], directory)).out.replaceAll(place.home, '~')).toContain(
      '  binary: not ready. The new binary is not staged: ~/wemixvisor/upgrades/v3 does not exist.\n    Put the binary at ~/wemixvisor/upgrades/v3/bin/noded in one step',
    )
  })

  it('is unknown, exit code 75, if the clock is off by more than a minute', async ({ place }) => {
    const late = await startChain('--timestamp', String(clock + 90))
    onTestFinished(() => late.stop())
    const directory = given(place.home, late.url, [upgrade('2')])
    stage(place.home, 'v2')
    const { code, out } = await cliHere(['preflight', '--json'], directory)

    expect(code).toBe(75)
    expect(found.parse(JSON.parse(out))[0]?.checks.find(({ verdict }) => verdict !== 'ready')).toMatchObject({
      id: 'clock',
      verdict: 'unknown',
    })
  })
})

describe('preflight without a chain', () => {
  withoutChain('is unknown if the node is unreachable', async ({ place }) => {
    const directory = given(place.home, 'http://127.0.0.1:9', [upgrade('2')])
    stage(place.home, 'v2')
    const { code, out } = await cliHere(['preflight', 'local/0xc0ffee/2', '--json'], directory)

    expect(code).toBe(75)
    expect(found.parse(JSON.parse(out))[0]?.checks.filter(({ verdict }) => verdict === 'unknown')).toMatchObject([
      { id: 'node' },
      { id: 'clock' },
    ])
  })

  withoutChain(
    'reports what the writer will find at the height: the plan of another writer, or other info',
    async ({ place }) => {
      const due = upgrade('2', { info: infoOf(sha256) })
      const kept = upgrade('3', { name: 'v3', status: 'refused', blocked: true })
      const directory = given(place.home, 'http://127.0.0.1:9', [due, kept, upgrade('4', { status: 'refused' })])
      const fileOf = async (text: string): Promise<unknown> => {
        mkdirSync(join(place.home, 'data'), { recursive: true })
        writeFileSync(join(place.home, 'data', 'upgrade-info.json'), text)
        const { out } = await cliHere(['preflight', '--json'], directory)
        return found.parse(JSON.parse(out)).map(({ checks }) => checks.filter(({ id }) => id === 'file'))
      }
      expect(
        await fileOf('{"name":"v2","height":1000,"info":{"binaries":{"any":"https://b.example/v2"}}}'),
      ).toMatchObject([
        [{ verdict: 'unknown', reason: containing('with another info than the plan has') }],
        // An upgrade blocked only by the file is checked as well.
        [{ verdict: 'not_ready', reason: containing('holds the plan "v2" for height 1000, the same height') }],
      ])
    },
  )

  withoutChain('has nothing to check if nothing is scheduled, or nothing was ever read', async ({ place }) => {
    const directory = given(place.home, 'http://127.0.0.1:9', [upgrade('2', { status: 'pending' })])
    expect(await cliHere(['preflight', '--json'], directory)).toStrictEqual({ code: 0, out: '[]\n', err: '' })
    expect((await cliHere(['preflight'], directory)).out).toBe('No upgrade is scheduled: there is nothing to check.\n')
  })

  withoutChain('refuses an unknown upgrade, or one that is completed', async ({ place }) => {
    const directory = given(place.home, 'http://127.0.0.1:9', [upgrade('2', { status: 'completed' })])
    expect(await cliHere(['preflight', 'v9', '--json'], directory)).toStrictEqual({
      code: 2,
      out: '[]\n',
      err: 'upgrade: there is no upgrade v9; "govstream upgrades" lists them\n',
    })
    expect(await cliHere(['preflight', 'v2'], directory)).toMatchObject({
      code: 2,
      err: 'upgrade: expected one that lies ahead: v2 is completed\n',
    })
  })
})

describe('preflight with a download', () => {
  const binary = '#!/bin/sh\necho "noded $1 of $USER"\n'
  const sum = createHash('sha256').update(binary).digest('hex')
  const at = (id: string, url: string): Upgrade => upgrade(id, { info: { binaries: { any: url } } })

  fetching(
    'downloads, compares and runs the binary, and skips the download if the staged one matches',
    async ({ chain, place, server }) => {
      server.serve('/noded', binary)
      server.serve('/settled', script)
      server.answer('/away', (_, response) => response.writeHead(302, { location: 'https://127.0.0.2:1/' }).end())
      const url = (path: string): string => server.url(path).replace('node.test', '127.0.0.1')
      const directory = given(
        place.home,
        chain.url,
        [
          at('2', url(`/settled?checksum=sha256:${sha256}`)),
          at('3', url(`/noded?checksum=sha256:${sum}`)),
          at('4', url(`/noded?checksum=sha256:${sha256}`)),
          upgrade('5', { info: url('/plan.json') }),
        ],
        { download: true, runVersion: true, allowPrivate: true },
      )
      stage(place.home, 'v2')
      server.serve('/plan.json', JSON.stringify({ binaries: { any: url('/noded') } }))
      const { out } = await cli(['preflight', '--json'], directory, { NODE_EXTRA_CA_CERTS: authority.file })
      const checksOf = (index: number): readonly string[] =>
        found.parse(JSON.parse(out))[index]!.checks.map(({ id, verdict, reason }) => `${id} ${verdict}: ${reason}`)

      expect(server.asked('/settled')).toStrictEqual([])
      expect(checksOf(0)).toContainEqual(expect.stringMatching(/^version ready: .* runs and prints no version\.$/))
      expect(checksOf(1)).toContainEqual(
        expect.stringMatching(/^download ready: .* with the sha256 that the plan names/),
      )
      // Nothing of our environment is passed on.
      expect(checksOf(1)).toContainEqual(expect.stringMatching(/^version ready: .* runs: noded --version of\.$/))
      expect(checksOf(2)).toContainEqual(expect.stringMatching(/^download not_ready: .* is not what the plan names/))
      expect(checksOf(2).filter((check) => check.startsWith('version'))).toStrictEqual([])
      expect(checksOf(3)).toContainEqual(
        expect.stringMatching(/^info ready: .* names downloads for 1 platforms?\. No vote decided on what lies there/),
      )
    },
  )

  fetching('runs no binary whose checksum can be forged', async ({ chain, place, server }) => {
    server.serve('/noded', binary)
    const url = server.url('/noded').replace('node.test', '127.0.0.1')
    const forgeable = (type: 'md5' | 'sha1'): string => createHash(type).update(binary).digest('hex')
    const directory = given(
      place.home,
      chain.url,
      [at('2', `${url}?checksum=md5:${forgeable('md5')}`), at('3', `${url}?checksum=sha1:${forgeable('sha1')}`)],
      { download: true, runVersion: true, allowPrivate: true },
    )
    const { out } = await cli(['preflight', '--json'], directory, { NODE_EXTRA_CA_CERTS: authority.file })
    const looks = found.parse(JSON.parse(out)).map(({ checks }) => checks.map(({ id, verdict }) => `${id} ${verdict}`))

    for (const look of looks) {
      expect(look).toContain('download unknown')
      expect(look.filter((one) => one.startsWith('version'))).toStrictEqual([])
    }
    expect(looks).toHaveLength(2)
  })

  fetching('compares an info that is an address with the checksum in it', async ({ chain, place, server }) => {
    const text = '{"binaries":{"any":"https://a.example/noded"}}'
    server.serve('/plan.json', text)
    const hash = createHash('sha256').update(text).digest('hex')
    const linked = (id: string, sum: string): Upgrade =>
      upgrade(id, { info: `${server.url('/plan.json').replace('node.test', '127.0.0.1')}?checksum=${sum}` })
    const directory = given(
      place.home,
      chain.url,
      [linked('2', `sha256:${hash}`), linked('3', `sha256:${sha256}`), linked('4', 'sha256:no')],
      { allowPrivate: true },
    )
    const { out } = await cli(['preflight', '--json'], directory, { NODE_EXTRA_CA_CERTS: authority.file })
    const infos = found.parse(JSON.parse(out)).map(({ checks }) => checks.find(({ id }) => id === 'info'))

    expect(infos).toMatchObject([
      {
        verdict: 'ready',
        reason: containing('names downloads for 1 platform. It has the sha256 that the plan names.'),
      },
      { verdict: 'unknown', reason: containing(`its sha256 is ${hash}, and the plan says ${sha256}`) },
      { verdict: 'unknown', reason: containing('it has a checksum that cannot be read') },
    ])
  })

  fetching('connects to no private address unless allowed', async ({ chain, place, server }) => {
    server.serve('/noded', binary)
    const url = server.url('/noded').replace('node.test', '127.0.0.1')
    const directory = given(place.home, chain.url, [at('2', url)])
    const { out } = await cliHere(['preflight', '--json'], directory)
    expect(found.parse(JSON.parse(out))[0]?.checks.find(({ id }) => id === 'download')).toMatchObject({
      verdict: 'not_ready',
      reason: containing(`127.0.0.1:${server.port} is not a public address`),
    })
  })
})
