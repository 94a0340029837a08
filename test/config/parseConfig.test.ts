import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { ConfigError } from '../../src/domain/errors.js'
import { governor, linesOf, minimal, timer } from '../support/configs.js'

function minimalChain(): object {
  return {
    name: 'local',
    rpc: { urls: ['http://127.0.0.1:8545'] },
    governance: { system: 'governor', address: governor },
  }
}

/** The configuration that results from a chain, its node and its Governor. */
const everyDefault = {
  state: './govstream.db',
  gracePeriod: 10_000,
  reload: 'signal',
  log: { level: 'info' },
  chains: [
    {
      name: 'local',
      rpc: {
        urls: ['http://127.0.0.1:8545'],
        timeout: 30_000,
        agreement: 1,
        batchSize: 100,
        headers: {},
        maxLogRange: 10_000,
      },
      governance: { system: 'governor', address: [governor], fromBlock: 0, rest: [], classify: [] },
      monitor: {
        enabled: true,
        pollInterval: 30_000,
        proposalTimeout: 86_400_000,
        finality: 'latest',
        downAfter: 30_000,
        stallAfter: 600_000,
        maxBackoff: 60_000,
      },
      scheduler: {
        minUpgradeDelay: 600_000,
        maxConcurrentUpgrades: 1,
        validationEnabled: true,
        scheduleOn: 'passed',
        leadBlocks: 0,
        reminders: [
          { kind: 'time', text: '24h', ms: 86_400_000 },
          { kind: 'time', text: '1h', ms: 3_600_000 },
          { kind: 'blocks', text: '100 blocks', blocks: 100 },
        ],
        stallTimeout: 1_800_000,
        completion: 'version',
        lateLimit: 3_600_000,
      },
      upgradeInfo: { profile: 'wemixvisor', when: 'at-height', afterCompletion: 'archive' },
      preflight: {
        at: [
          { kind: 'time', text: '24h', ms: 86_400_000 },
          { kind: 'time', text: '6h', ms: 21_600_000 },
          { kind: 'time', text: '1h', ms: 3_600_000 },
        ],
        download: false,
        runVersion: false,
        layout: 'wemixvisor',
        allowPrivate: false,
      },
      labels: {},
      links: {},
      plans: [],
    },
  ],
  proposals: { maxAge: 2_592_000_000 },
  notifier: {
    maxNotifications: 1_000,
    maxAge: 2_592_000_000,
    reminders: [86_400_000, 21_600_000, 3_600_000],
    voters: [],
    timezone: 'UTC',
    templates: {},
    priorities: {},
    handlers: [{ type: 'log', minPriority: 'low', rate: undefined, name: 'log' }],
    routes: [],
  },
}

describe('parseConfig', () => {
  it('fills in every default', () => {
    expect(parseConfig(minimal())).toStrictEqual(everyDefault)
  })

  it('returns its own result unchanged, so that a caller may parse first', () => {
    const config = parseConfig(minimal())

    expect(parseConfig(config)).toBe(config)
    expect(linesOf(() => parseConfig({ ...config }))).toContain(`gracePeriod: ${timer}, got a number`)
  })

  it.each([
    [{ profile: 'cosmovisor' }, {}, 'cosmovisor'],
    [{ profile: 'portable' }, {}, undefined],
    [{ profile: 'portable' }, { layout: 'wemixvisor' }, 'wemixvisor'],
  ])('derives the directory layout of the process manager: %o with %o', (upgradeInfo, preflight, layout) => {
    expect(parseConfig(minimal({ upgradeInfo, preflight })).chains[0]?.preflight.layout).toBe(layout)
  })

  it.each([
    [{ at: ['100 blocks'] }, 'chains[0].preflight.at[0]: expected a duration such as 24h'],
    [{ at: ['0h'] }, 'chains[0].preflight.at[0]: expected a duration such as 24h, above zero'],
    [{ daemon: 'bin/gaiad' }, 'chains[0].preflight.daemon: expected the name of a file, such as gaiad'],
  ])('rejects %o', (preflight, line) => {
    expect(linesOf(() => parseConfig(minimal({ preflight })))).toStrictEqual([line])
  })

  it.each([
    ['one address in any case', { address: governor }, [governor]],
    ['a list of addresses', { address: [governor, `0x${'1'.repeat(40)}`] }, [governor, `0x${'1'.repeat(40)}`]],
  ])('accepts %s', (_, governance, address) => {
    expect(
      parseConfig(minimal({ governance: { system: 'governor', ...governance } })).chains[0]?.governance,
    ).toMatchObject({ address })
  })

  it.each([['latest'], ['safe'], ['finalized'], [0], [64]])('accepts %s as finality', (finality) => {
    expect(parseConfig(minimal({ monitor: { finality } })).chains[0]?.monitor.finality).toBe(finality)
  })

  it('binds plans by the id as text, given as number or text', () => {
    const info = { binaries: { 'linux/amd64': 'https://example.org/v2' } }
    const { chains } = parseConfig(
      minimal({
        plans: [
          { proposal: 12, name: 'v2', height: 123, info },
          { proposal: '13', contract: governor.toLowerCase(), name: 'v3', height: 456, info: 'v3' },
        ],
      }),
    )

    expect(chains[0]?.plans).toStrictEqual([
      { proposal: '12', name: 'v2', height: 123, info },
      { proposal: '13', contract: governor.toLowerCase(), name: 'v3', height: 456, info: 'v3' },
    ])
  })

  it('names handlers by their type, numbered if the name is taken', () => {
    const hook = { type: 'webhook', url: 'https://example.org/hook' }
    const { notifier } = parseConfig({
      ...minimal(),
      notifier: { handlers: [hook, { ...hook, name: 'webhook-2' }, hook, { type: 'log' }] },
    })

    expect(notifier.handlers.map(({ name }) => name)).toStrictEqual(['webhook', 'webhook-2', 'webhook-3', 'log'])
  })

  it('accepts priorities for some events only', () => {
    const priorities = { new_proposal: 'critical', source_down: 'low' }

    expect(parseConfig({ ...minimal(), notifier: { priorities } }).notifier.priorities).toStrictEqual(priorities)
  })

  it('reports all problems at once, including conflicts between two parts', () => {
    const chain = { ...minimalChain(), upgradeInfo: { home: '/srv/node' } }

    expect(
      linesOf(() =>
        parseConfig({
          chains: [chain, { ...chain, upgradeInfo: { home: '/srv/x/../node' }, plan: [] }],
          log: { level: 1 },
        }),
      ),
    ).toStrictEqual([
      'log.level: expected one of trace, debug, info, warn, error, fatal, silent',
      'chains[1].plan: unknown key; did you mean plans?',
      'chains[1].name: expected a unique name; chains[0].name has it too',
      'chains[1].upgradeInfo.home: expected a home of its own: two chains must not write one file; chains[0].upgradeInfo.home has it too',
    ])
  })

  it('lets two chains share a home if only one of them writes', () => {
    const chain = { ...minimalChain(), upgradeInfo: { home: '/srv/node' } }

    expect(
      parseConfig({ chains: [chain, { ...chain, name: 'other', upgradeInfo: { home: '/srv/node', when: 'never' } }] })
        .chains,
    ).toHaveLength(2)
  })

  it('never shows a value, which may be a secret', () => {
    const secret = 'hunter2'
    const lines = linesOf(() =>
      parseConfig({
        state: [secret],
        chains: [
          {
            name: secret.toUpperCase(),
            rpc: { urls: [`ws://u:${secret}@node`], timeout: secret },
            governance: { system: secret, address: secret },
          },
        ],
        notifier: { handlers: [{ type: 'webhook', url: secret, secret: [secret] }, { type: secret }] },
      }),
    )

    expect(lines).toHaveLength(8)
    expect(lines.join('\n')).not.toMatch(/hunter2/i)
  })

  it('throws only a ConfigError with at least one issue, for any input', () => {
    const shaped = fc.record(
      {
        chains: fc.array(
          fc.record(
            {
              name: fc.jsonValue(),
              rpc: fc.record({ urls: fc.jsonValue(), agreement: fc.jsonValue() }),
              governance: fc.jsonValue(),
              upgradeInfo: fc.jsonValue(),
              plans: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
        notifier: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )

    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), shaped), (input) => {
        try {
          parseConfig(input)
          return false
        } catch (error) {
          return (
            error instanceof ConfigError &&
            error.issues.length > 0 &&
            error.issues.every(({ message }) => message !== '')
          )
        }
      }),
      { numRuns: 500 },
    )
    expect(() => parseConfig({ chains: 1 })).toThrow(ConfigError)
  })

  it('needs no URL for a chain with a given client, which counts as one node', () => {
    const governance = { system: 'governor', address: governor, fromBlock: 12n }
    const config = (over: object = {}) => ({ chains: [{ name: 'local', governance, ...over }] })

    expect(linesOf(() => parseConfig(config()))).toStrictEqual([
      'chains[0].rpc.urls: expected a list of URLs, but it is missing',
    ])
    expect(parseConfig(config(), { clients: ['local'] }).chains).toMatchObject([
      { rpc: { urls: [], agreement: 1 }, governance: { fromBlock: 12 } },
    ])
    expect(linesOf(() => parseConfig(config({ rpc: { agreement: 2 } }), { clients: ['local'] }))).toStrictEqual([
      'chains[0].rpc.agreement: expected 1: a client of your own is one node',
    ])
  })
})
