import { describe, expect } from 'vitest'
import { SourceError } from '../../../../src/domain/errors.js'
import { proposalStatuses } from '../../../../src/domain/proposals/proposal.js'
import { timeOfBlock } from '../../../support/servers/wemixvisorServer.js'
import { follow, readerOver, signal, upgrade, wire } from './following.js'
import { onWemixvisor as it } from './onWemixvisor.js'

const secondsAt = (height: number): bigint => BigInt(Date.parse(timeOfBlock(height)) / 1000)

describe('one reading', () => {
  it('has its block and an earlier one', async ({ server }) => {
    const { head, previous, backlog, warnings } = await follow(readerOver([server.url])).poll()

    expect(head).toStrictEqual({
      number: 1_000n,
      hash: `0x${'3e8'.padStart(64, '0')}`,
      parentHash: 'height-999',
      timestamp: secondsAt(1_000),
    })
    expect(previous).toMatchObject({ number: 900n, timestamp: secondsAt(900) })
    expect({ backlog, warnings }).toStrictEqual({ backlog: 0n, warnings: [] })
  })

  it('reports the proposals in the common vocabulary', async ({ server }) => {
    const info = '{"binaries":{"linux/amd64":"https://example.org/v2"}}'
    const votes = { yes: '60', abstain: '10', no: '20', no_with_veto: '5' }
    server.put(upgrade('12', 'passed', { name: 'v2', height: '5000', info }, { final_tally_result: votes }))
    const { proposals } = await follow(readerOver([server.url])).poll()

    expect(proposals).toStrictEqual([
      {
        chain: 'local',
        system: 'wemixvisor-rpc',
        contract: 'gov',
        id: '12',
        title: 'Upgrade 12',
        description: 'Faster',
        type: 'upgrade',
        status: 'passed',
        derived: false,
        actions: [],
        clock: 'timestamp',
        submittedAt: secondsAt(900),
        votingStart: secondsAt(950),
        votingStartsAt: secondsAt(950),
        votingEnd: secondsAt(1_050),
        votingEndsAt: secondsAt(1_050),
        tally: { yes: 60n, no: 20n, abstain: 10n, veto: 5n, unit: 'votes', threshold: 0.5, thresholdMet: true },
        finding: {
          origin: 'call',
          plan: {
            name: 'v2',
            height: 5_000,
            info,
            binaries: { 'linux/amd64': 'https://example.org/v2' },
          },
          problems: [],
        },
        readAt: 1_000n,
      },
    ])
  })

  it.for([
    ...proposalStatuses.map((status) => [status, status] as const),
    ['cancelled', 'canceled'],
    ['PROPOSAL_STATUS_DEPOSIT_PERIOD', 'submitted'],
    ['PROPOSAL_STATUS_VOTING_PERIOD', 'voting'],
    ['PROPOSAL_STATUS_PASSED', 'passed'],
    ['PROPOSAL_STATUS_REJECTED', 'rejected'],
    ['PROPOSAL_STATUS_FAILED', 'failed'],
  ] as const)('reads the status %s as %s', async ([word, status], { server }) => {
    server.put(wire('1', word === 'cancelled' ? 'canceled' : word))
    server.behave({
      body: (answers) => JSON.stringify(answers).replaceAll('"status":"canceled"', `"status":"${word}"`),
    })
    const { proposals } = await follow(readerOver([server.url])).poll()
    expect(proposals.map((proposal) => proposal.status)).toStrictEqual([status])
  })

  it('contains the closed proposals again if the reading before it was not believed', async ({ server }) => {
    server.put(wire('1', 'executed'))
    const reader = readerOver([server.url])
    const refused = reader.read({ open: [], signal, vouch: () => Promise.reject(new SourceError('transient', 'No.')) })
    await expect(refused).rejects.toThrow('No.')

    const { proposals } = await reader.read({ open: [], signal })
    expect(proposals.map(({ id }) => id)).toStrictEqual(['1'])
  })

  it('marks a passed proposal as executed only for the Cosmos status, not for that of the dialect', async ({
    server,
  }) => {
    server.put(wire('1', 'PROPOSAL_STATUS_PASSED'))
    server.put(wire('2', 'passed'))
    const { known, poll } = follow(readerOver([server.url]))
    await poll()
    expect([...known.values()].map(({ id, carriedOut }) => [id, carriedOut]).sort()).toStrictEqual([
      ['1', true],
      ['2', undefined],
    ])
  })

  it.for<[string, object, string]>([
    ['/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal', { plan: { name: 'v2', height: '9' } }, 'upgrade'],
    ['/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal', {}, 'upgrade'],
    ['/cosmos.params.v1beta1.ParameterChangeProposal', {}, 'parameter'],
    ['/cosmos.gov.v1beta1.TextProposal', { plan: { name: '', height: '', info: '' } }, 'text'],
    ['/cosmos.distribution.v1beta1.CommunityPoolSpendProposal', {}, 'community'],
    ['/wemix.gov.v1.EmergencyUpgradeProposal', {}, 'emergency'],
    ['/wemix.poa.v1.MsgRemoveValidator', {}, 'membership'],
    ['/wemix.gov.v1.Unheard', {}, 'other'],
    ['/wemix.gov.v1.Unheard', { plan: { name: 'v2', height: 9 } }, 'upgrade'],
    ['', { type: 'emergency' }, 'emergency'],
  ])('reads the content "%s" with %j as the type %s', async ([type, content, expected], { server }) => {
    server.put(wire('1', 'voting', { content: { '@type': type, title: 'One', ...content } }))
    const { proposals } = await follow(readerOver([server.url])).poll()
    expect(proposals.map((proposal) => proposal.type)).toStrictEqual([expected])
  })

  it.for<[string, unknown, object]>([
    ['a height as text', { name: 'v2', height: '123' }, { plan: { name: 'v2', height: 123 }, problems: [] }],
    ['a height as a number', { name: 'v2', height: 123 }, { plan: { name: 'v2', height: 123 }, problems: [] }],
    [
      'an info that is an object',
      { name: 'v2', height: 1, info: { a: 1 } },
      { plan: { name: 'v2', height: 1, info: { a: 1 } }, problems: [] },
    ],
    ['a negative height', { name: 'v2', height: '-1' }, { plan: { name: 'v2', height: -1 } }],
    ['a name that leaves its directory', { name: '../../etc', height: 5 }, { plan: { name: '../../etc', height: 5 } }],
    ['no name', { name: '', height: 5 }, { plan: { name: '', height: 5 } }],
  ])('reads a plan with %s', async ([_, plan, finding], { server }) => {
    server.put(upgrade('1', 'passed', plan))
    const {
      proposals: [proposal],
    } = await follow(readerOver([server.url])).poll()
    expect(proposal?.finding).toMatchObject(finding)
    expect((proposal?.finding?.problems.length ?? 0) > 0).toBe(!('problems' in finding))
  })

  it.for([
    ['{"title":"From metadata","summary":"More words"}', 'From metadata', 'More words'],
    ['Faster blocks for all', 'Faster blocks for all', 'Faster blocks for all'],
    ['https://example.org/12', 'Upgrade v2', ''],
  ] as const)(
    'takes title and text from the metadata %s if there is nothing else',
    async ([metadata, title, description], { server }) => {
      server.put(
        wire('1', 'voting', {
          metadata,
          content: { '@type': '/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal', plan: { name: 'v2', height: 9_000 } },
        }),
      )
      const {
        proposals: [proposal],
      } = await follow(readerOver([server.url])).poll()
      expect(proposal).toMatchObject({ title, description })
    },
  )

  it('has no tally while nothing final is known', async ({ server }) => {
    server.put(wire('1', 'voting'))
    server.put(wire('2', 'rejected'))
    const { known, poll } = follow(readerOver([server.url]))
    await poll()
    expect([...known.values()].map(({ tally }) => tally)).toStrictEqual([
      undefined,
      { yes: 0n, no: 0n, abstain: 0n, veto: 0n, unit: 'votes', threshold: 0.5, thresholdMet: false },
    ])
  })

  it('leaves out what is not a proposal, with one warning each', async ({ server }) => {
    server.put(wire('1', 'voting'))
    server.behave({
      body: (answers) =>
        JSON.stringify(answers).replaceAll(
          '"proposals":[{',
          '"proposals":[7,{"status":"voting"},{"proposal_id":"3","status":"asleep"},{',
        ),
    })
    const { proposals, warnings } = await follow(readerOver([server.url])).poll()
    expect(proposals.map(({ id }) => id)).toStrictEqual(['1'])
    expect(warnings).toStrictEqual([
      'An entry of the list of proposals is not a proposal.',
      'A proposal without a usable proposal_id was left out.',
      'Proposal 3 has an unknown status and was left out.',
    ])
  })
})

describe('a read on demand', () => {
  it('returns a proposal by its id, and nothing for an unknown id', async ({ server }) => {
    server.put(wire('12', 'voting'))
    const reader = readerOver([server.url])
    await expect(reader.readProposal('gov', '12', signal)).resolves.toMatchObject({
      id: '12',
      status: 'voting',
      readAt: 1_000n,
    })
    await expect(reader.readProposal('gov', '13', signal)).resolves.toBeUndefined()
  })

  it('returns the proposals with a status', async ({ server }) => {
    server.put(wire('1', 'voting'))
    server.put(wire('2', 'rejected'))
    const read = await readerOver([server.url]).readProposals('rejected', signal)
    expect(read.map(({ id }) => id)).toStrictEqual(['2'])
  })

  it('returns the rules of the node', async ({ server }) => {
    await expect(readerOver([server.url]).readParameters(signal)).resolves.toStrictEqual([
      {
        contract: 'gov',
        clock: 'timestamp',
        votingPeriod: 172_800n,
        details: {
          min_deposit: [{ denom: 'uwemix', amount: '10000000' }],
          quorum: '0.334000000000000000',
          threshold: '0.500000000000000000',
          veto_threshold: '0.334000000000000000',
        },
      },
    ])
  })

  it('returns the validators with their power', async ({ server }) => {
    await expect(readerOver([server.url]).readMembers(signal)).resolves.toStrictEqual([
      { address: 'wemixvaloper1abc', role: 'validator', weight: 1_000_000n },
    ])
  })

  it('returns one line for the check: height, length of a vote and number of validators', async ({ server }) => {
    await expect(readerOver([server.url]).check(signal)).resolves.toStrictEqual([
      {
        system: 'wemixvisor-rpc',
        contract: 'gov',
        summary: 'JSON-RPC of wemixvisor at block 1000, votes of 2 d, 1 validator',
      },
    ])
  })
})
