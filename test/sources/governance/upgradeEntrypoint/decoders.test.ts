import fc from 'fast-check'
import { encodeAbiParameters, parseAbiParameters } from 'viem'
import { describe, expect, it } from 'vitest'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import {
  type AnnouncedPlans,
  foldAnnouncements,
} from '../../../../src/sources/governance/upgradeEntrypoint/announcements.js'
import {
  decodeEntrypointLog,
  type EntrypointEvent,
  entrypointTopics,
} from '../../../../src/sources/governance/upgradeEntrypoint/decode.js'
import { toProposal } from '../../../../src/sources/governance/upgradeEntrypoint/toProposal.js'

const contract = '0xcccccc0000000000000000000000000000000003'
const place = { address: contract, block: 12n, blockHash: '0x0b', index: 4 } as const

const topic = fc.constantFrom(...entrypointTopics)
const bytes = fc.uint8Array({ maxLength: 300 }).map((all): `0x${string}` => `0x${Buffer.from(all).toString('hex')}`)

describe('the topics', () => {
  it('are those of the contracts', () => {
    expect(entrypointTopics).toStrictEqual([
      '0x112749e79b2098b58eab36c21f123b2883c3ecbbb4f41623a744fa6d9b3e37c6',
      '0xdc944f678a7c5418bb140dca5a53930eee76148b496659ecfafdf9ccd8537138',
      '0x812c36a273ff85c1871fc7c629fa4c010821a53f3a2492dcc0ea00a396b6a64f',
    ])
  })
})

describe('a log of any bytes', () => {
  it('is an event, or a message with its position', () => {
    fc.assert(
      fc.property(fc.array(topic, { maxLength: 3 }), bytes, (topics, data) => {
        const decoded = decodeEntrypointLog({ ...place, topics, data })
        if (typeof decoded === 'string') expect(decoded).toMatch(/^Log 4 of block 12 of 0x.{40} cannot be decoded/)
        else expect(decoded).toMatchObject({ contract, origin: { block: 12n } })
      }),
    )
  })

  it('that is valid is read verbatim', () => {
    const types = parseAbiParameters('string, int64, string')
    fc.assert(
      fc.property(fc.string(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.string(), (name, height, info) => {
        const data = encodeAbiParameters(types, [name, height, info])
        expect(decodeEntrypointLog({ ...place, topics: entrypointTopics.slice(0, 1), data })).toMatchObject({
          type: 'announced',
          name,
          height,
          info,
        })
      }),
    )
  })
})

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '__proto__', '../v2', '\u202ev2', 'v2'))
const at = (block: bigint) => ({ contract, origin: { block, hash: `0x${block}`, index: 0 } })
const event = fc.oneof(
  fc.record({ type: fc.constant('cancelled' as const) }),
  fc.record({
    type: fc.constant('announced' as const),
    name: text,
    height: fc.oneof(fc.bigInt(-5n, 60n), fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n)),
    info: text,
  }),
)
const history = fc
  .array(event, { maxLength: 30 })
  .map((events) => events.map((one, index): EntrypointEvent => ({ ...one, ...at(BigInt(2 * index + 1)) })))

describe('any history of announcements', () => {
  const describeIt = (raw: Parameters<typeof describeProposal>[0]) => describeProposal(raw, [])
  const shown = (plans: AnnouncedPlans, block: bigint) =>
    [...plans.values()].map((plan) => toProposal(plan, { chain: 'local', at: block, describe: describeIt }))

  it('leaves at most one plan ahead, in whatever portions it is read', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 30 }), fc.constantFrom(1, 1514), (events, split, chainId) => {
        const end = BigInt(2 * events.length + 1)
        const whole = foldAnnouncements(new Map(), events, chainId)
        const first = foldAnnouncements(new Map(), events.slice(0, split), chainId)

        expect(foldAnnouncements(first, events.slice(split), chainId)).toStrictEqual(whole)
        const open = shown(whole, end).filter(({ status, carriedOut }) => status === 'passed' && carriedOut !== true)
        expect(open.length).toBeLessThanOrEqual(1)
        expect(open.every(({ finding }) => BigInt(finding?.plan.height ?? 0) > end)).toBe(true)
      }),
    )
  })

  it('can be shown on one line per plan', () => {
    fc.assert(
      fc.property(history, (events) => {
        for (const { title, status } of shown(foldAnnouncements(new Map(), events, 1), 20n)) {
          expect(title).toMatch(/^Upgrade [^\n\u202e]+$/)
          expect(['passed', 'executed', 'canceled']).toContain(status)
        }
      }),
    )
  })
})

describe('a second announcement while one is pending', () => {
  const announced = (block: bigint, name: string, height: bigint): EntrypointEvent => ({
    ...at(block),
    type: 'announced',
    name,
    height,
    info: '',
  })
  const [first, second] = [announced(11_600_000n, 'v2', 12_000_000n), announced(11_600_100n, 'v3', 12_500_000n)]

  it('makes the first one unsure on Story, which refuses it, so that nothing is written yet', () => {
    const [plan, ...others] = foldAnnouncements(new Map(), [first, second], 1514).values()
    expect(others).toStrictEqual([])
    expect(plan?.finding.plan.name).toBe('v2')
    expect(plan?.finding.unsure).toMatch(/v3 at height 12500000.*pending_upgrade/)
  })

  it('with the same plan leaves no doubt', () => {
    const [plan] = foldAnnouncements(new Map(), [first, { ...first, ...at(11_600_100n) }], 1514).values()
    expect(plan?.finding.unsure).toBeUndefined()
  })

  it('replaces the first one on Story before the fork that refuses it, and on other chains', () => {
    const early = [announced(11_000_000n, 'v2', 12_000_000n), announced(11_000_100n, 'v3', 12_500_000n)]
    expect([...foldAnnouncements(new Map(), early, 1514).values()]).toMatchObject([
      { finding: { plan: { name: 'v3' } } },
    ])
    expect([...foldAnnouncements(new Map(), [first, second], 166).values()]).toMatchObject([
      { finding: { plan: { name: 'v3' } } },
    ])
  })
})
