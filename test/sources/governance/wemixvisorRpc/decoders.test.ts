import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedJson } from '../../../../src/domain/text/boundedJson.js'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { SourceError } from '../../../../src/domain/errors.js'
import { hasInvisible } from '../../../../src/domain/text/text.js'
import { parseCursor } from '../../../../src/sources/governance/wemixvisorRpc/cursor.js'
import { decodeBlock, decodeStatus, headOf } from '../../../../src/sources/governance/wemixvisorRpc/decode.js'
import { rulesOf, toProposal } from '../../../../src/sources/governance/wemixvisorRpc/toProposal.js'
import { decodeMembers, parametersOf } from '../../../../src/sources/governance/wemixvisorRpc/report.js'
import { readerOver, signal } from './following.js'
import { startWemixvisorServer } from '../../../support/servers/wemixvisorServer.js'

const context = {
  chain: 'local',
  describe: (raw: Parameters<typeof describeProposal>[0]) => describeProposal(raw, []),
  rules: {},
  readAt: 1n,
}
const word = fc.oneof(
  fc.constantFrom('voting', 'passed', 'PROPOSAL_STATUS_PASSED', '12', '2026-01-01T00:00:00Z', '0001-01-01T00:00:00Z'),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
)
const loose = (...keys: readonly string[]) =>
  fc.record(Object.fromEntries(keys.map((key) => [key, word])), { requiredKeys: [] })
const anything = (shaped: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(fc.anything(), fc.jsonValue(), shaped)

const plan = fc.oneof(word, loose('name', 'height', 'info', 'time'))
const proposal = fc.record(
  {
    proposal_id: fc.oneof(word, fc.nat()),
    id: word,
    status: word,
    proposer: word,
    submit_time: word,
    voting_start_time: word,
    voting_end_time: word,
    content: fc.oneof(word, fc.record({ '@type': word, title: word, description: word, plan }, { requiredKeys: [] })),
    final_tally_result: fc.oneof(word, loose('yes', 'no', 'abstain', 'no_with_veto')),
  },
  { requiredKeys: [] },
)

describe('any answer of a node', () => {
  it('for an entry of a list is a proposal that is safe to show, or a message why not', () => {
    fc.assert(
      fc.property(anything(proposal), (value) => {
        const decoded = toProposal(value, context)
        if (typeof decoded === 'string') return decoded !== ''
        const { title, id, proposer = '' } = decoded.proposal
        return title !== '' && ![title, id, proposer].some(hasInvisible)
      }),
      { numRuns: 1_000 },
    )
    expect(toProposal(null, context)).toBe('An entry of the list of proposals is not a proposal.')
  })

  it('for status and block is a head with a number, a hash and a time', () => {
    const status = fc.record(
      {
        sync_info: fc.oneof(
          word,
          loose('latest_block_height', 'latest_block_hash', 'latest_block_time', 'catching_up'),
        ),
        node_info: fc.oneof(word, loose('network', 'version')),
      },
      { requiredKeys: [] },
    )
    const block = fc.record(
      {
        block: fc.record({ header: fc.oneof(word, loose('height', 'hash', 'time', 'chain_id', 'parent_hash')) }),
        block_id: fc.oneof(word, loose('hash')),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(anything(status), anything(block), (first, second) => {
        const read = decodeStatus(first)
        const head = headOf(read ?? { height: 0n }, decodeBlock(second), 5n)
        return head.number >= 0n && head.hash !== '' && head.parentHash !== '' && head.timestamp > 0n
      }),
      { numRuns: 500 },
    )
    expect(decodeStatus({ sync_info: { latest_block_height: 7 } })).toStrictEqual({ height: 7n, isCatchingUp: false })
  })

  it('for a validator is an address that is safe to show', () => {
    fc.assert(
      fc.property(
        anything(
          fc.record({
            validators: fc.oneof(word, fc.array(fc.oneof(word, loose('address', 'voting_power', 'pub_key')))),
          }),
        ),
        (value) => (decodeMembers(value) ?? []).every(({ address }) => address !== '' && !hasInvisible(address)),
      ),
    )
    expect(decodeMembers({ validators: null })).toStrictEqual([])
  })

  it('for parameters is read as far as possible', () => {
    const params = fc.record(
      {
        voting_params: fc.oneof(word, loose('voting_period')),
        deposit_params: fc.oneof(word, loose('min_deposit')),
        tally_params: fc.oneof(word, loose('quorum', 'threshold', 'veto_threshold')),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(anything(params), (value) => {
        rulesOf(value)
        return parametersOf(value).contract === 'gov'
      }),
    )
    expect(rulesOf({ tally_params: { threshold: '0.5' } })).toStrictEqual({ threshold: 500_000_000_000_000_000n })
  })

  it('that was stored as a cursor is read or refused with a SourceError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          return parseCursor(boundedJson(value) ?? null, 'local').head.hash !== ''
        } catch (error) {
          return error instanceof SourceError
        }
      }),
    )
    expect(() => parseCursor(null, 'local')).toThrow(SourceError)
  })

  it('over HTTP leads to a reading or a SourceError, whatever its bytes', async () => {
    const server = await startWemixvisorServer()
    const bytes = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .array(fc.record({ jsonrpc: fc.constant('2.0'), id: fc.nat(40), result: fc.jsonValue() }))
        .map((list) => JSON.stringify(list)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        server.behave({ body: () => body })
        const failure: unknown = await readerOver([server.url])
          .read({ open: [], signal })
          .then(
            () => undefined,
            (cause: unknown) => cause,
          )
        return failure === undefined || failure instanceof SourceError
      }),
      { numRuns: 60 },
    )
    expect(server.requests.length).toBeGreaterThanOrEqual(60)
    await server.stop()
  })
})
