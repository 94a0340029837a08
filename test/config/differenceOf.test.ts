import { describe, expect, it } from 'vitest'
import { describeDifference } from '../../src/config/describeDifference.js'
import { differenceOf, isNoDifference } from '../../src/config/differenceOf.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { requireReloadable } from '../../src/config/requireReloadable.js'
import { governor, linesOf } from '../support/configs.js'

const chain = (name: string, over: object = {}): object => ({
  name,
  rpc: { urls: ['http://127.0.0.1:8545'] },
  governance: { system: 'governor', address: governor },
  ...over,
})
const configOf = (chains: readonly object[], top: object = {}) => parseConfig({ chains, ...top })
const before = configOf([chain('a'), chain('b')], { notifier: { handlers: [{ type: 'log' }] } })

/** The difference from two chains `a` and `b` and a log. */
function saidOf(chains: readonly object[], top: object = { notifier: { handlers: [{ type: 'log' }] } }): string {
  return describeDifference(differenceOf(before, configOf(chains, top)))
}

describe('the difference between two configurations', () => {
  it('is nothing if only the order differs', () => {
    const same = configOf([chain('b'), chain('a')], { notifier: { handlers: [{ type: 'log' }] } })
    expect(isNoDifference(differenceOf(before, same))).toBe(true)
    expect(saidOf([chain('b'), chain('a')])).toBe('nothing changed')
  })

  it.each([
    ['an added chain', [chain('a'), chain('b'), chain('c')], 'chain c added'],
    ['removed chains', [chain('c')], 'chain c added; chains a, b removed'],
    [
      'the keys of a chain',
      [chain('a', { monitor: { pollInterval: '5s' }, labels: { team: 'core' } }), chain('b')],
      'chain a changed (monitor.pollInterval, labels.team)',
    ],
    [
      'a list as a whole',
      [chain('a', { rpc: { urls: ['https://u:secret@node.example'] } }), chain('b')],
      'chain a changed (rpc.urls)',
    ],
  ])('names %s, never a value', (_, chains, said) => {
    expect(saidOf(chains)).toBe(said)
  })

  it.each([
    [
      'handlers',
      { notifier: { handlers: [{ type: 'ntfy', url: 'https://ntfy.sh/top' }] } },
      'handler ntfy added; handler log removed',
    ],
    [
      'the filter of a handler',
      { notifier: { handlers: [{ type: 'log', minPriority: 'high' }] } },
      'handler log changed (minPriority)',
    ],
    [
      'common settings',
      { notifier: { handlers: [{ type: 'log' }], timezone: 'Asia/Seoul' }, proposals: { maxAge: '60d' } },
      'proposals.maxAge, notifier.timezone changed',
    ],
  ])('names %s', (_, top, said) => {
    expect(saidOf([chain('a'), chain('b')], top)).toBe(said)
  })

  it('is rejected for keys that need a restart, each with what to do', () => {
    const next = configOf([chain('a')], { state: './other.db', log: { format: 'json', level: 'debug' } })
    expect(linesOf(() => requireReloadable(differenceOf(before, next)))).toStrictEqual([
      'state: expected what it was at the start: restart govstream to change it',
      'log.format: expected what it was at the start: restart govstream to change it',
    ])
    const louder = configOf([chain('a')], { log: { level: 'debug' } })
    expect(() => requireReloadable(differenceOf(before, louder))).not.toThrow()
  })
})
