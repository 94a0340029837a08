import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import { governor, linesOf, minimal } from '../support/configs.js'

const rest = ['http://127.0.0.1:1317']
const oneOrMore = 'expected a 0x address of 40 hex digits, in quotes, or a list of them'
const chainOf = (chain: object) => parseConfig(minimal(chain)).chains[0]
const linesFor = (chain: object): readonly string[] => linesOf(() => parseConfig(minimal(chain)))

describe('governance', () => {
  it.each<[object, object]>([
    [
      { system: 'governor', address: governor },
      { address: [governor], fromBlock: 0, rest: [] },
    ],
    [
      { system: 'gov-base', address: [governor], fromBlock: 7 },
      { address: [governor], fromBlock: 7, rest: [] },
    ],
    [{ system: 'wemix' }, { fromBlock: 0, rest: [] }],
    [
      { system: 'wemix', address: governor },
      { address: governor, fromBlock: 0, rest: [] },
    ],
    [{ system: 'wemixvisor-rpc' }, { rest: [] }],
    [{ system: 'cosmos', rest }, { rest }],
    [{ system: 'signal', rest }, { rest }],
    [{ system: 'fork-config' }, { rest: [] }],
  ])('accepts %j', (governance, more) => {
    expect(chainOf({ governance })?.governance).toStrictEqual({ classify: [], ...governance, ...more })
  })

  it('accepts keys of other systems if they are empty, as in an example with every key', () => {
    expect(linesFor({ governance: { system: 'governor', address: governor, fromBlock: 0, rest: [] } })).toStrictEqual(
      [],
    )
    expect(linesFor({ governance: { system: 'wemixvisor-rpc', fromBlock: 0, rest: [] } })).toStrictEqual([])
    expect(linesFor({ governance: { system: 'cosmos', fromBlock: 0, rest } })).toStrictEqual([])
  })

  it.each<[unknown, string]>([
    [null, 'governance: expected a mapping with a system and what belongs to it, but it is empty'],
    ['governor', 'governance: expected a mapping with a system and what belongs to it, got text'],
    [
      {},
      'governance.system: expected one of governor, gov-base, wemix, wemixvisor-rpc, cosmos, upgrade-entrypoint, signal, fork-config, but it is missing',
    ],
    [{ system: 'gov-base' }, `governance.address: ${oneOrMore}, but it is missing`],
    [
      { system: 'gov-base', address: governor, rest },
      'governance.rest: expected no REST endpoints: only the systems cosmos and signal have them',
    ],
    [{ system: 'wemix', address: '0x1' }, 'governance.address: expected a 0x address of 40 hex digits, in quotes'],
    [
      { system: 'wemix', address: [governor] },
      'governance.address: expected a 0x address of 40 hex digits, in quotes, got a list',
    ],
    [
      { system: 'wemixvisor-rpc', address: governor },
      'governance.address: expected no address: the system wemixvisor-rpc has no contracts',
    ],
    [
      { system: 'wemixvisor-rpc', rest },
      'governance.rest: expected no REST endpoints: only the systems cosmos and signal have them',
    ],
    [
      { system: 'wemixvisor-rpc', fromBlock: 5 },
      'governance.fromBlock: expected no fromBlock: only EVM systems have one',
    ],
    [{ system: 'cosmos' }, 'governance.rest: expected a list of URLs, but it is missing'],
    [{ system: 'signal' }, 'governance.rest: expected a list of URLs, but it is missing'],
    [
      { system: 'signal', rest, address: governor },
      'governance.address: expected no address: the system signal has no contracts',
    ],
    [
      { system: 'fork-config', address: governor },
      'governance.address: expected no address: the system fork-config has no contracts',
    ],
    [{ system: 'cosmos', rest: [] }, 'governance.rest: expected at least one REST endpoint'],
    [{ system: 'cosmos', rest: ['grpc://a'] }, 'governance.rest[0]: expected an http:// or https:// URL'],
    [
      { system: 'cosmos', rest: ['http://a', 'http://a'] },
      'governance.rest[1]: expected each URL once; chains[0].governance.rest[0] has it too',
    ],
    [
      { system: 'cosmos', rest, address: governor },
      'governance.address: expected no address: the system cosmos has no contracts',
    ],
    [
      { system: 'cosmos', rest, fromBlock: 5 },
      'governance.fromBlock: expected no fromBlock: only EVM systems have one',
    ],
    [
      { system: 'cosmos', rest, contracts: governor },
      'governance.contracts: unknown key; known here: system, rest, fromBlock, classify',
    ],
  ])('rejects %j', (governance, line) => {
    expect(linesFor({ governance })).toStrictEqual([`chains[0].${line}`])
  })
})

describe('the settings that depend on the system', () => {
  const cosmos = { system: 'cosmos', rest }
  const signal = { system: 'signal', rest }
  const rpc = { urls: ['http://a'] }

  it('allow a chain id of text for Cosmos, and a number for an EVM chain', () => {
    expect(chainOf({ governance: cosmos, rpc: { ...rpc, chainId: 'cosmoshub-4' } })?.rpc.chainId).toBe('cosmoshub-4')
    expect(chainOf({ governance: { system: 'wemix' }, rpc: { ...rpc, chainId: 1111 } })?.rpc.chainId).toBe(1111)
  })

  it.each<[object, string]>([
    [
      { governance: { system: 'fork-config' }, rpc: { urls: ['http://a', 'http://b'], agreement: 2 } },
      'rpc.agreement: expected 1: the system fork-config compares all of rpc.urls by itself, and names those that differ',
    ],
    [
      { governance: { system: 'fork-config' }, rpc, monitor: { finality: 'safe' } },
      'monitor.finality: expected latest: the system fork-config reports what nodes are configured for, and not at an older block',
    ],
    [
      { governance: { system: 'fork-config' }, rpc, upgradeInfo: { home: '/srv/node', when: 'at-height' } },
      'upgradeInfo.when: expected never: the system fork-config only reports upgrades, and nothing is written for them',
    ],
    [
      { governance: cosmos, rpc: { ...rpc, chainId: 4 } },
      'rpc.chainId: expected a text, such as "cosmoshub-4": the system cosmos has chain ids of text',
    ],
    [
      { governance: { system: 'wemix' }, rpc: { ...rpc, chainId: 'wemix-1' } },
      'rpc.chainId: expected a whole number of at least 1, got text',
    ],
    [
      { governance: cosmos, rpc: { ...rpc, chainId: [] } },
      'rpc.chainId: expected a chain id: a whole number, or a text on a chain without contracts, got a list',
    ],
    [
      { governance: cosmos, rpc: { urls: ['http://a', 'http://b'], agreement: 2 } },
      'rpc.agreement: expected at most the number of REST endpoints, which is 1',
    ],
    [
      { governance: signal, rpc: { urls: ['http://a', 'http://b'], agreement: 2 } },
      'rpc.agreement: expected at most the number of REST endpoints, which is 1',
    ],
    [
      { governance: signal, rpc: { ...rpc, chainId: 4 } },
      'rpc.chainId: expected a text, such as "cosmoshub-4": the system signal has chain ids of text',
    ],
    [
      { governance: signal, upgradeInfo: { home: '/n', when: 'at-height' } },
      'upgradeInfo.when: expected never: the system signal only reports upgrades, and nothing is written for them',
    ],
    [
      { governance: signal, upgradeInfo: { when: 'on-schedule' } },
      'upgradeInfo.when: expected never: the system signal only reports upgrades, and nothing is written for them',
    ],
    [
      { governance: { system: 'wemixvisor-rpc' }, rpc: { ...rpc, agreement: 2 } },
      'rpc.agreement: expected at most the number of urls, which is 1',
    ],
    [
      { governance: { system: 'wemixvisor-rpc' }, rpc: { ...rpc, ws: 'ws://127.0.0.1:8546' } },
      'rpc.ws: expected none: the system wemixvisor-rpc pushes no heads',
    ],
    [
      { governance: { system: 'wemixvisor-rpc' }, monitor: { finality: 12 } },
      'monitor.finality: expected latest: the system wemixvisor-rpc reports proposals as they are now, and not at an older block',
    ],
    [
      { governance: { system: 'wemixvisor-rpc' }, monitor: { validator: 'A'.repeat(40) } },
      'monitor.validator: expected none: the system wemixvisor-rpc does not report who signed a block',
    ],
    [
      { governance: cosmos, monitor: { validator: 'cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn' } },
      'monitor.validator: expected the consensus address of a validator: 40 hex digits as CometBFT shows it, …valcons1… of a Cosmos chain, or a 0x address, in quotes',
    ],
    [
      { governance: cosmos, plans: [{ proposal: 1, contract: governor, name: 'v2', height: 5 }] },
      'plans[0].contract: expected no contract: the system cosmos has none',
    ],
  ])('reject a chain with %j', (chain, line) => {
    expect(linesFor(chain)).toStrictEqual([`chains[0].${line}`])
  })

  it('allow a plan with a contract of wemix, which only the registry knows', () => {
    expect(
      linesFor({
        governance: { system: 'wemix' },
        plans: [{ proposal: 1, contract: governor, name: 'v2', height: 5 }],
      }),
    ).toStrictEqual([])
  })

  it.each<[string, object, object, object]>([
    [
      'every other system writes at the height, for wemixvisor',
      { system: 'wemixvisor-rpc' },
      {},
      { when: 'at-height', profile: 'wemixvisor', afterCompletion: 'archive' },
    ],
    [
      'a Cosmos node writes the file itself',
      cosmos,
      {},
      { when: 'never', profile: 'cosmovisor', afterCompletion: 'keep' },
    ],
    [
      'writing for a Cosmos node is an explicit choice',
      cosmos,
      { when: 'on-schedule' },
      { when: 'on-schedule', profile: 'cosmovisor', afterCompletion: 'keep' },
    ],
    [
      'so is the profile',
      cosmos,
      { when: 'at-height', profile: 'portable' },
      { when: 'at-height', profile: 'portable', afterCompletion: 'keep' },
    ],
  ])('%s', (_, governance, upgradeInfo, settled) => {
    expect(chainOf({ governance, upgradeInfo })?.upgradeInfo).toStrictEqual(settled)
  })

  it('count a home as used only if it is written', () => {
    const home = { upgradeInfo: { home: '/srv/node' } }
    const chain = { name: 'a', rpc, governance: cosmos, ...home }
    const twice = (more: object): readonly string[] =>
      linesOf(() => parseConfig({ chains: [chain, { ...chain, name: 'b', ...more }] }))

    expect(twice({})).toStrictEqual([])
    expect(twice({ governance: { system: 'wemixvisor-rpc' } })).toStrictEqual([])
    expect(
      linesOf(() =>
        parseConfig({
          chains: [
            { ...chain, governance: { system: 'wemixvisor-rpc' } },
            { ...chain, name: 'b', governance: { system: 'wemixvisor-rpc' } },
          ],
        }),
      ),
    ).toStrictEqual([
      'chains[1].upgradeInfo.home: expected a home of its own: two chains must not write one file; chains[0].upgradeInfo.home has it too',
    ])
  })
})
