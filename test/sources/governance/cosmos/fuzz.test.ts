import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { SourceError } from '../../../../src/domain/errors.js'
import { isJsonObject, type Json } from '../../../../src/domain/text/json.js'
import { hasInvisible } from '../../../../src/domain/text/text.js'
import { formatCursor, parseCursor } from '../../../../src/sources/governance/cosmos/cursor.js'
import { votesOf } from '../../../../src/sources/governance/cosmosSdk/proposalFields.js'
import { decodeProposal, decodePage, paramsOf } from '../../../../src/sources/governance/cosmos/decode.js'
import { decimalOf, durationOf, secondsOf, integerOf } from '../../../../src/sources/governance/cosmosSdk/scalars.js'
import { messagesIn } from '../../../../src/sources/governance/cosmosSdk/messages.js'
import { decodeCurrentPlan } from '../../../../src/sources/governance/cosmos/plans.js'
import { memberOf } from '../../../../src/sources/governance/cosmosSdk/members.js'
import { decodeNodeInfo } from '../../../../src/sources/governance/cosmosSdk/nodeInfo.js'
import { decodeStatus } from '../../../../src/sources/governance/cosmosSdk/cometBft.js'
import { toProposal } from '../../../../src/sources/governance/cosmos/toProposal.js'
import { hostile } from '../../../support/hostile/hostileTexts.js'

/** What a store would return. */
const jsonOf = (raw: unknown): Json => z.json().parse(JSON.parse(JSON.stringify(raw)))
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  hostile,
  fc.constantFrom(
    '1',
    '0',
    '-1',
    '9'.repeat(80),
    '0001-01-01T00:00:00Z',
    '2024-07-01T17:00:09.418591987Z',
    '2024-99-99T99:99:99Z',
    '1209600s',
    null,
    true,
  ),
)
const plan = fc.record({ name: value, height: value, info: value, time: value }, { requiredKeys: [] })
const content = fc.record(
  {
    '@type': fc.constantFrom(
      '/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal',
      '/cosmos.gov.v1beta1.TextProposal',
      'x',
      '',
    ),
    title: value,
    description: value,
    plan: fc.oneof(plan, value),
  },
  { requiredKeys: [] },
)
const { message } = fc.letrec((tie) => ({
  message: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      '@type': fc.constantFrom('/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade', '/a.MsgUpdateParams'),
      plan: fc.oneof(plan, value),
      authority: value,
    }),
    fc.record({
      '@type': fc.constant('/cosmos.gov.v1.MsgExecLegacyContent'),
      content: fc.oneof(content, tie('message')),
    }),
    fc.record({
      '@type': fc.constant('/cosmos.authz.v1beta1.MsgExec'),
      msgs: fc.array(tie('message'), { maxLength: 3 }),
    }),
    value,
  ),
}))
const nearlyProposal = fc.record(
  {
    id: fc.oneof(fc.nat().map(String), value),
    proposal_id: value,
    messages: fc.oneof(fc.array(message, { maxLength: 4 }), value),
    content: fc.oneof(content, value),
    status: fc.oneof(
      fc.constantFrom(
        'PROPOSAL_STATUS_PASSED',
        'PROPOSAL_STATUS_VOTING_PERIOD',
        'PROPOSAL_STATUS_DEPOSIT_PERIOD',
        2,
        'constructor',
        '__proto__',
      ),
      value,
    ),
    final_tally_result: fc.oneof(
      fc.record({
        yes: fc.nat().map(String),
        no: fc.nat().map(String),
        abstain: fc.nat().map(String),
        no_with_veto: value,
      }),
      value,
    ),
    submit_time: value,
    deposit_end_time: value,
    voting_start_time: value,
    voting_end_time: value,
    metadata: fc.oneof(fc.json(), value),
    title: value,
    summary: value,
    proposer: value,
    expedited: value,
    failed_reason: value,
  },
  { requiredKeys: [] },
)

/** Anything, or something that partly resembles an answer of a node. */
const anyAnswer = fc.oneof(
  value,
  fc.record(
    {
      result: fc.record({ node_info: value, sync_info: value }),
      proposals: fc.oneof(fc.array(nearlyProposal), value),
      pagination: value,
      plan: fc.oneof(plan, value),
      params: value,
      tally_params: value,
      default_node_info: value,
      application_version: value,
    },
    { requiredKeys: [] },
  ),
)

describe('any answer of a server', () => {
  it('that is a proposal is decoded and safe to print, or a message says why not', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyProposal, value), (raw) => {
        const decoded = decodeProposal(JSON.parse(JSON.stringify(raw)))
        if (typeof decoded === 'string') {
          expect(decoded).toMatch(/\.$/)
          return
        }
        const proposal = toProposal(decoded, { chain: 'hub', classify: [], readAt: 1n })
        expect(keyOf(proposal)).toBe(`hub/gov/${decoded.id}`)
        expect(
          [
            proposal.title,
            proposal.proposer ?? '',
            ...proposal.actions.map(({ target, signature }) => target + (signature ?? '')),
          ].filter(hasInvisible),
        ).toEqual([])
        expect(Array.from(proposal.title).length).toBeLessThanOrEqual(120)
      }),
      { numRuns: 1_500 },
    )
  })

  it('of another kind is a value or nothing', () => {
    fc.assert(
      fc.property(anyAnswer, (raw) => {
        const body: unknown = JSON.parse(JSON.stringify(raw))
        const answers = [
          decodePage(body),
          decodeStatus(body),
          decodeNodeInfo(body),
          memberOf(body),
          decodeCurrentPlan(body),
          paramsOf(body, 'tallying'),
          votesOf(body),
          messagesIn(body),
        ]
        expect(answers.every((answer) => answer === undefined || typeof answer === 'object')).toBe(true)
        expect(
          [secondsOf(body), durationOf(body), integerOf(body), decimalOf(body)].every(
            (answer) => answer === undefined || answer >= 0n,
          ),
        ).toBe(true)
      }),
      { numRuns: 1_500 },
    )
  })

  it('with deeply nested messages does not hang', () => {
    let wrapped: Json = { '@type': '/a.Msg' }
    for (let depth = 0; depth < 5_000; depth++)
      wrapped = { '@type': '/cosmos.authz.v1beta1.MsgExec', msgs: [wrapped, wrapped] }
    expect(messagesIn([wrapped])).toEqual([])
    expect(messagesIn(Array.from({ length: 10_000 }, () => ({ '@type': '/a.Msg' })))).toHaveLength(64)
  })

  it('that is no cursor is refused as one, and a written cursor survives unchanged', () => {
    fc.assert(
      fc.property(value, (raw) => {
        expect(() => parseCursor(jsonOf(raw), 'hub')).toThrow(SourceError)
      }),
    )
    const sample = fc.record({ number: fc.bigInt(0n, 2n ** 63n), timestamp: fc.bigInt(0n, 2n ** 40n) })
    fc.assert(
      fc.property(
        fc.record({
          chainId: fc.string({ minLength: 1, maxLength: 20 }),
          head: fc.record({
            number: fc.bigInt(0n, 2n ** 63n),
            hash: fc.constant('AB'),
            parentHash: fc.constant(''),
            timestamp: fc.bigInt(0n, 2n ** 40n),
          }),
          state: fc.bigInt(0n, 2n ** 63n),
          lastId: fc.bigInt(0n, 2n ** 63n),
          deposits: fc
            .array(fc.tuple(fc.nat().map(String), fc.bigInt(0n, 2n ** 40n)))
            .map((entries) => new Map(entries)),
          pending: fc.array(
            fc.record(
              {
                contract: fc.constantFrom('gov', 'upgrade'),
                id: hostile,
                name: hostile,
                height: fc.nat(),
                deniedSince: sample,
              },
              { requiredKeys: ['contract', 'id', 'name', 'height'] },
            ),
            { maxLength: 5 },
          ),
          checkpoints: fc.array(fc.record({ number: fc.bigInt(0n, 2n ** 63n), hash: fc.constant('AB') })),
          absent: fc.array(fc.tuple(fc.nat().map(String), sample)).map((entries) => new Map(entries)),
          unread: fc.array(fc.nat().map(String)),
        }),
        (cursor) => {
          expect(parseCursor(jsonOf(formatCursor(cursor)), 'hub')).toEqual(cursor)
        },
      ),
    )
  })

  it('of a state without times for its doubts starts those again', () => {
    const head = { number: 9n, hash: 'AB', parentHash: '', timestamp: 9n }
    const plan = { contract: 'gov', id: '7', name: 'v2', height: 99 }
    const rest = { chainId: 'hub', head, state: 9n, lastId: 7n, deposits: new Map(), checkpoints: [] }
    const written = formatCursor({ ...rest, pending: [plan], absent: new Map(), unread: [] })
    if (!isJsonObject(written)) throw new Error('It is no object.')
    const earlier = { ...written, pending: [['gov', '7', 'v2', 99, '', '5']], absent: [['7', '5']] }
    expect(parseCursor(jsonOf(earlier), 'hub')).toMatchObject({ pending: [plan], absent: new Map() })
  })
})
