import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { holdStore } from '../../src/store/holdStore.js'
import { type Chain, startChain } from '../support/chain.js'
import { cli, startCli } from '../support/cli.js'
import { cliHere } from '../support/cliHere.js'
import { listen } from '../support/servers/listen.js'
import { seedState } from '../support/seededState.js'
import {
  announcement,
  notification,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'
import { openStore } from '../../src/store/openStore.js'

beforeAll(() => buildWhereStale(), 180_000)

const directory = temporaryDirectory()
let chain: Chain
let start: readonly string[]
let governor: string

beforeAll(async () => {
  chain = await startChain()
  const deployed = await chain.deploy()
  governor = deployed.governor
  await deployed.actor.propose({ description: '# First' })
  start = ['--rpc', chain.url, '--governor', governor, '--state', 'chain.db']
})
afterAll(async () => {
  await chain.stop()
  directory[Symbol.dispose]()
})

const dead = 'http://user:hunter2@127.0.0.1:9/hunter2'

describe('check', () => {
  it('reports what it found at each contract', async () => {
    const { code, out, err } = await cliHere(['check', ...start], directory.path)

    expect({ code, err }).toStrictEqual({ code: 0, err: '' })
    expect(out).toContain('The configuration is valid.\n')
    expect(out).toMatch(new RegExp(`${governor}: .*Governor`, 'i'))
    expect(JSON.parse((await cliHere(['check', ...start, '--json'], directory.path)).out)).toMatchObject([
      { chain: 'default', ok: true, contracts: [{ system: 'governor', contract: governor }], problem: null },
    ])
  })

  it('exits with 75 if the chain is unreachable, and with 1 if there is no contract', async () => {
    const unreachable = await cliHere(['check', '--rpc', dead, '--governor', governor], directory.path)

    expect(unreachable.code).toBe(75)
    expect(unreachable.out).toMatch(/^default: failed\. .*127\.0\.0\.1:9/m)
    expect(unreachable.out + unreachable.err).not.toContain('hunter2')
    expect(
      (await cliHere(['check', '--rpc', chain.url, '--governor', `0x${'1'.repeat(40)}`], directory.path)).code,
    ).toBe(1)
  })

  it('reports a home that cannot be written also if the chain is unreachable, and exits with 1', async () => {
    const args = ['check', '--rpc', dead, '--governor', governor, '--home', join(directory.path, 'none')]
    const { code, out } = await cliHere(args, directory.path)

    expect(out).toMatch(/^default: failed\. 127\.0\.0\.1:9 .*upgrade-info\.json cannot be written: /m)
    expect(code).toBe(1)
  })
})

const checked = z.array(
  z.object({
    ok: z.boolean(),
    endpoints: z.array(
      z.strictObject({
        host: z.string(),
        head: z.nullable(z.string()),
        behind: z.nullable(z.string()),
        latencyMs: z.nullable(z.number()),
        problem: z.nullable(z.string()),
      }),
    ),
  }),
)

describe('check of several endpoints', () => {
  const write = (agreement: number): readonly string[] => {
    const watched = {
      name: 'local',
      rpc: { urls: [dead, chain.url, chain.url.replace('127.0.0.1', 'localhost')], agreement },
      governance: { system: 'governor', address: governor },
    }
    writeFileSync(join(directory.path, 'several.yaml'), JSON.stringify({ state: 'several.db', chains: [watched] }))
    return ['check', '--config', 'several.yaml']
  }

  it('reads each by itself, and reports its answer and latency', async () => {
    const { code, out } = await cliHere(write(2), directory.path)
    expect(code).toBe(0)
    expect(out).toContain(`local: reached through ${chain.url}, ${chain.url.replace('127.0.0.1', 'localhost')}\n`)
    expect(out).toMatch(/^ {2}127\.0\.0\.1:9: warning: 127\.0\.0\.1:9 of local cannot be reached/m)
    expect(out).toMatch(/^ {2}127\.0\.0\.1:\d+: block \d+, in \d+ ms$/m)
    expect(out).toMatch(/^ {2}localhost:\d+: block \d+, in \d+ ms$/m)
    expect(out).not.toContain('hunter2')
    const [told] = checked.parse(JSON.parse((await cliHere([...write(2), '--json'], directory.path)).out))
    const [gone, ...good] = told?.endpoints ?? []
    expect(told?.ok).toBe(true)
    expect(gone).toMatchObject({ host: '127.0.0.1:9', head: null, behind: null, latencyMs: null })
    expect(gone?.problem).toContain('ECONNREFUSED')
    expect(good.map(({ behind, problem }) => ({ behind, problem }))).toStrictEqual([
      { behind: '0', problem: null },
      { behind: '0', problem: null },
    ])
    expect(good.every(({ head, latencyMs }) => head !== null && latencyMs !== null)).toBe(true)
  })

  it('exits with 75 if fewer answer than must agree: nothing would be written', async () => {
    const { code, out } = await cliHere(write(3), directory.path)
    expect(code).toBe(75)
    expect(out).toMatch(/^local: failed\. 2 of 3 endpoints answer, and 3 must agree \(rpc\.agreement\) .*ECONNREFUSED/m)
  })
})

describe('check of a WebSocket', () => {
  const write = (ws: string): readonly string[] => {
    const watched = {
      name: 'local',
      rpc: { urls: [chain.url], ws },
      governance: { system: 'governor', address: governor },
    }
    writeFileSync(join(directory.path, 'pushed.yaml'), JSON.stringify({ state: 'pushed.db', chains: [watched] }))
    return ['check', '--config', 'pushed.yaml']
  }

  it('reports that heads are pushed', async () => {
    const { code, out } = await cliHere(write(chain.url.replace('http', 'ws')), directory.path)
    expect(code).toBe(0)
    expect(out).toContain(`  heads are pushed by ${new URL(chain.url).host}\n`)
  })

  it('exits with 75 and the reason if it cannot be reached', async () => {
    const { code, out, err } = await cliHere(write('ws://127.0.0.1:9/hunter2hunter2'), directory.path)
    expect(code).toBe(75)
    expect(out).toMatch(/^local: failed\. 127\.0\.0\.1:9 of local cannot be reached by WebSocket \(ECONNREFUSED\)/m)
    expect(out + err).not.toContain('hunter2')
  })
})

describe('check of the state, handlers and plans', () => {
  const write = (state: string, url: string): readonly string[] => {
    writeFileSync(
      join(directory.path, 'checked.yaml'),
      JSON.stringify({
        state,
        chains: [{ name: 'local', rpc: { urls: [chain.url] }, governance: { system: 'governor', address: governor } }],
        notifier: { handlers: [{ type: 'webhook', name: 'ops', url }] },
      }),
    )
    return ['check', '--config', 'checked.yaml']
  }

  it('requests the address of a webhook without a POST, and creates no state', async () => {
    const methods: string[] = []
    const server = await listen((request, response) => {
      methods.push(request.method ?? '')
      response.writeHead(405).end()
    })
    const { code, out } = await cliHere(write('checked.db', `${server.url}/hunter2hunter2`), directory.path)
    await server.stop()

    expect(code).toBe(0)
    expect(out).toContain(`ops: ${new URL(server.url).host} answers (HTTP 405 to a HEAD).`)
    expect(out).toContain('The state checked.db is created at the first start.')
    expect(out).not.toContain('hunter2')
    expect(methods).toStrictEqual(['HEAD'])
    expect(existsSync(join(directory.path, 'checked.db'))).toBe(false)
  })

  it('names an unreachable address, and a state that cannot be used', async () => {
    const unreachable = await cliHere(write('checked.db', 'http://127.0.0.1:9/hunter2hunter2'), directory.path)
    expect(unreachable.code).toBe(75)
    expect(unreachable.out).toMatch(/^failed\. ops: 127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)/m)

    writeFileSync(join(directory.path, 'text.db'), 'no database at all '.repeat(100))
    const unusable = await cliHere([...write('text.db', 'http://127.0.0.1:9'), '--json'], directory.path)
    expect(unusable.code).toBe(1)
    expect(unusable.err).toContain('The state file text.db cannot be used: it is not a database')
    expect(JSON.parse(unusable.out)).toMatchObject([{ chain: 'local', ok: true }])

    const noFile = await cliHere(write('.', 'http://127.0.0.1:9'), directory.path)
    expect(noFile.out).toContain('The state file . is a directory: name a file in it, such as govstream.db.')
  })

  it('exits with 1 if a handler refuses for good, and with 75 if it may answer later', async () => {
    const server = await listen((_, response) => response.writeHead(401).end('{"ok":false,"error":"invalid_auth"}'))
    const watched = { name: 'local', rpc: { urls: [chain.url] }, governance: { system: 'governor', address: governor } }
    const codeWith = async (handler: object): Promise<number | null> => {
      const config = { state: 'refused.db', chains: [watched], notifier: { handlers: [handler] } }
      writeFileSync(join(directory.path, 'refused.yaml'), JSON.stringify(config))
      return (await cliHere(['check', '--config', 'refused.yaml'], directory.path)).code
    }
    const slack = { type: 'slack', token: 'xoxb-secret-token', channel: 'C0123ABCD' }

    expect(await codeWith({ type: 'command', command: ['/nowhere/tell'] })).toBe(1)
    expect(await codeWith({ ...slack, apiUrl: server.url })).toBe(1)
    expect(await codeWith({ ...slack, apiUrl: 'http://127.0.0.1:9' })).toBe(75)
    await server.stop()
  })

  it('warns of edited plans with an upgrade in progress, and of removed handlers or ones with the same address', async () => {
    const status = 'in_progress'
    const of = { kind: 'coordinated', origin: 'operator', status, height: 10 } as const
    const underWay = [
      upgrade('', { ...of, key: 'local/plan/v2', name: 'v2' }),
      upgrade('', { ...of, key: 'local/plan/v3', name: 'v3' }),
      upgrade('12', { origin: 'operator', status, name: 'v4', height: 10 }),
    ]
    const store = openStore({ path: join(directory.path, 'plans.db') })
    store.commit(
      turn({ state: state({ upgrades: queueing(...underWay) }), announcements: [announcement('1')] }),
      () => ['pager'],
    )
    store.delivered({ notification: notification('1'), handler: 'pager', attempts: 0 }, 2_000, { open: true })
    store.close()
    const plans = [
      { name: 'v2', height: 200 },
      { name: 'v3', height: 10 },
      { proposal: '12', name: 'v4', height: 300 },
    ]
    const watched = { name: 'local', rpc: { urls: [chain.url] }, governance: { system: 'governor', address: governor } }
    writeFileSync(
      join(directory.path, 'plans.yaml'),
      JSON.stringify({
        state: 'plans.db',
        notifier: { handlers: [{ type: 'log' }, { type: 'log' }] },
        chains: [{ ...watched, plans }],
      }),
    )
    const { code, out } = await cliHere(['check', '--config', 'plans.yaml'], directory.path)
    expect(code).toBe(0)
    const said = out.replace(/\s+/g, ' ')
    expect(said).toContain('warning: local: Your plan v2 was moved to height 200 while its upgrade is in progress')
    expect(said).toContain('warning: local: Your plan v4 was moved to height 300 while')
    expect(said).not.toContain('plan v3')
    expect(said).toContain('warning: no handler is called pager any more: what it opened or kept up to date stays')
    expect(said).toContain('warning: notifier.handlers: log, log-2 have the same place, and')
  })

  it('names the process that uses a state, and says that a damaged state is moved aside', async () => {
    const path = join(directory.path, 'held.db')
    // As in a run, which refreshes its mark each second, however long the other process takes
    // to look.
    const held = holdStore({ path, bounds: () => ({ maxNotifications: 10, maxAge: 1_000 }), now: Date.now }).subscribe()
    expect((await cli(write('held.db', 'http://127.0.0.1:9'), directory.path)).out).toContain(
      `The state held.db is sound; process ${process.pid} works with it.`,
    )
    held.unsubscribe()
    expect((await cli(write('held.db', 'http://127.0.0.1:9'), directory.path)).out).toContain(
      'The state held.db is sound.',
    )

    writeFileSync(path, readFileSync(path).fill(0xff, 8_192))
    expect((await cli(write('held.db', 'http://127.0.0.1:9'), directory.path)).out).toMatch(
      /^failed\. The state file held\.db is damaged .* moves it aside/m,
    )
  })
})

describe('sync', () => {
  it('reads every chain once and stores the state', async () => {
    const height = String(await chain.client.getBlockNumber())
    const { code, out } = await cli(['sync', ...start, '--json'], directory.path)

    expect(code).toBe(0)
    expect(JSON.parse(out)).toStrictEqual([{ chain: 'default', ok: true, height, problem: null }])
    expect(
      JSON.parse((await cliHere(['proposals', '--state', 'chain.db', '--json'], directory.path)).out),
    ).toMatchObject([{ title: 'First' }])
  })

  it('exits with 75 and names the chain and the reason, but no secret', async () => {
    const { code, out, err } = await cli(
      ['sync', '--rpc', dead, '--governor', governor, '--state', 'dead.db'],
      directory.path,
    )

    expect(code).toBe(75)
    expect(out).toBe('default: could not be read\n')
    expect(err).toMatch(/^default: .*127\.0\.0\.1:9/m)
    expect(err).not.toMatch(/hunter2|^\s+at /m)
  })
})

describe('run', () => {
  it('runs until SIGTERM, serves a sync meanwhile, and exits with 0', async () => {
    const running = startCli(['run', ...start], directory.path)
    await running.said('govstream starts')
    await chain.client.mine({ blocks: 3 })
    const height = String(await chain.client.getBlockNumber())
    const asked = await cli(['sync', ...start, '--json'], directory.path)

    expect(asked.code).toBe(0)
    expect(JSON.parse(asked.out)).toMatchObject([{ chain: 'default', ok: true, height }])
    expect(JSON.parse((await cliHere(['status', '--state', 'chain.db', '--json'], directory.path)).out)).toMatchObject([
      { health: 'up', height },
    ])

    running.child.kill('SIGTERM')
    const { code, out, err } = await running.ended
    expect({ code, out }).toStrictEqual({ code: 0, out: '' })
    expect(
      err
        .trim()
        .split('\n')
        .map((line) => typeof JSON.parse(line)),
    ).not.toContain('undefined')
    expect(err).toContain('govstream stopped')
  })

  it('exits at once with 130 on the second signal', async () => {
    // A webhook that never answers, so that the stop waits for it.
    seedState(directory.path)
    let posted = (): void => undefined
    const inFlight = new Promise<void>((resolve) => (posted = resolve))
    const silent = await listen(() => posted())
    writeFileSync(
      join(directory.path, 'slow.yaml'),
      [
        'gracePeriod: 1h',
        'chains:',
        `  - { name: local, rpc: { urls: ["${chain.url}"] }, governance: { system: governor, address: "${governor}" } }`,
        `notifier: { handlers: [{ type: webhook, url: "${silent.url}/hunter2", timeout: 1h }] }`,
        '',
      ].join('\n'),
    )
    const running = startCli(['run', '--config', 'slow.yaml'], directory.path)
    await inFlight
    running.child.kill('SIGINT')
    await running.said('stopping')
    running.child.kill('SIGINT')
    const { code, err } = await running.ended
    await silent.stop()

    expect(code).toBe(130)
    expect(err).not.toContain('hunter2')
  })

  it('refuses a state that another process uses', async () => {
    const first = startCli(['run', ...start], directory.path)
    await first.said('govstream starts')
    await cli(['sync', ...start], directory.path)
    const second = await cli(['run', ...start], directory.path)
    first.child.kill('SIGTERM')
    await first.ended

    expect(second.code).toBe(1)
    expect(second.err).toMatch(/govstream: Another govstream \(process \d+\) works with the state chain\.db\./)
  })
})
