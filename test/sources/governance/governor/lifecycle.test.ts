import { describe, expect } from 'vitest'
import type { ProposalStatus } from '../../../../src/domain/proposals/proposal.js'
import { upgradeCall } from '../../../../src/localChain/upgradeCall.js'
import type { GovernorOptions } from '../../../../src/localChain/deployGovernor.js'
import { follow } from './follow.js'
import { onSharedChain as it } from '../../../support/fixtures.js'

const variants: readonly (Partial<GovernorOptions> & { readonly title: string; readonly flavour: string })[] = [
  { title: 'OpenZeppelin 5, block clock', flavour: 'OpenZeppelin Governor 5, block clock' },
  {
    title: 'OpenZeppelin 5, timestamp clock',
    clock: 'timestamp',
    votingDelay: 20,
    votingPeriod: 100,
    flavour: 'OpenZeppelin Governor 5, timestamp clock',
  },
  {
    title: 'OpenZeppelin 5 with a timelock',
    timelock: { minDelay: 60 },
    flavour: 'OpenZeppelin Governor 5, block clock, timelock',
  },
  {
    title: 'OpenZeppelin 4 with the interface of Bravo',
    version: '4-bravo',
    timelock: { minDelay: 60 },
    flavour: 'OpenZeppelin Governor 4, Bravo compatible, block clock, timelock',
  },
  {
    title: 'Compound Bravo',
    version: 'bravo',
    timelock: { minDelay: 60 },
    flavour: 'Compound GovernorBravo, block clock, timelock',
  },
]

describe.each(variants)('$title', ({ flavour, ...options }) => {
  const hasTimelock = options.timelock !== undefined

  it('reports a proposal as it was submitted', async ({ chain }) => {
    const { governor, registry, actor } = await chain.deploy(options)
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    const call = upgradeCall(registry, { name: 'v2', height: 5_000, info: '{}' })
    const id = await actor.propose({
      description: '# Upgrade to v2',
      targets: [call.target],
      calldatas: [call.calldata],
    })
    await poll()

    expect(proposal(id)).toMatchObject({
      status: 'submitted',
      derived: false,
      title: 'Upgrade to v2',
      type: 'upgrade',
      contract: governor,
      system: 'governor',
      actions: [{ target: registry, effect: 'call', schedules: { name: 'v2', height: 5_000n } }],
      tally: { yes: 0n, no: 0n, abstain: 0n, unit: options.version === undefined ? 'VOTE' : 'OVOTE', decimals: 18 },
    })
    expect(proposal(id)?.submittedAt).toBeTypeOf('bigint')
  })

  it('reports the votes as they are cast, and the tally and quorum', async ({ chain }) => {
    const { governor, actor } = await chain.deploy(options)
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'Vote on it' })
    await actor.toVotingStart(id)
    await actor.vote(id, 1, 0, 'good\u202e work')
    await actor.vote(id, 1, 1)
    await actor.vote(id, 0, 2)
    await actor.vote(id, 2, 3)

    const voted = await poll()
    expect(voted.votes.map(({ choice, reason }) => ({ choice, reason }))).toStrictEqual([
      { choice: 'yes', reason: 'good work' },
      { choice: 'yes', reason: '' },
      { choice: 'no', reason: '' },
      { choice: 'abstain', reason: '' },
    ])
    expect(proposal(id)?.tally).toMatchObject({ yes: 200n, no: 100n, abstain: 100n, thresholdMet: true })

    await actor.vote(id, 1, 4)
    await poll()
    expect(proposal(id)?.tally).toMatchObject({
      yes: 300n,
      quorum: 300n,
      quorumReached: true,
      quorumMissing: 0n,
      ...(options.version !== 'bravo' && { electorate: 500n, turnout: 1 }),
    })
  })

  it('follows a proposal through every status of the contract', async ({ chain }) => {
    const { governor, actor } = await chain.deploy(options)
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    await poll()
    const id = await actor.propose({ description: 'All the way' })
    const isNow = async (status: ProposalStatus): Promise<void> => {
      await poll()
      expect(proposal(id)).toMatchObject({ status, derived: false })
    }

    await isNow('submitted')
    await actor.toVotingStart(id)
    await isNow('voting')
    for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
    await actor.pastDeadline(id)
    await isNow('passed')
    if (hasTimelock) {
      await actor.queue(id)
      await isNow('queued')
      expect(proposal(id)?.executableAt).toBeGreaterThan(0n)
      await actor.pastEta(id)
    }
    await actor.execute(id)
    await isNow('executed')
  })

  it('reports a defeat, for which there is no event, as derived', async ({ chain }) => {
    const { governor, actor } = await chain.deploy(options)
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    const id = await actor.propose({ description: 'Nobody wants it' })
    await poll()
    await actor.pastDeadline(id)
    await actor.mine(1)
    await poll()

    expect(proposal(id)).toMatchObject({ status: 'rejected', derived: true, type: 'text' })
  })

  it('reports a cancellation', async ({ chain }) => {
    const { governor, actor } = await chain.deploy(options)
    const { poll, proposal } = follow({ urls: [chain.url], addresses: [governor] })
    const id = await actor.propose({ description: 'A mistake' })
    await poll()
    await actor.cancel(id)
    await poll()

    expect(proposal(id)).toMatchObject({ status: 'canceled', derived: false })
  })

  it('returns the same proposals as a reader that followed them from the start', async ({ chain }) => {
    const { governor, actor } = await chain.deploy(options)
    const early = follow({ urls: [chain.url], addresses: [governor] })
    await early.poll()
    const id = await actor.propose({ description: 'Watched' })
    await actor.toVotingStart(id)
    await early.poll()
    await actor.vote(id, 1, 0)
    await early.poll()
    const other = await actor.propose({ description: 'Too late for some', proposer: 1 })
    await actor.pastDeadline(id)
    await actor.mine(2)
    await early.poll()

    const late = follow({ urls: [chain.url], addresses: [governor] })
    await late.poll()

    expect(late.proposals.size).toBe(2)
    const essence = (id: bigint, { proposal }: typeof late) => ({
      ...proposal(id),
      readAt: 0n,
      tally: {
        ...proposal(id)?.tally,
        quorum: 0n,
        quorumReached: false,
        quorumMissing: 0n,
        electorate: 0n,
        turnout: 0,
      },
    })
    expect(essence(id, late)).toStrictEqual(essence(id, early))
    expect(essence(other, late)).toStrictEqual(essence(other, early))
  })

  it('describes the governor in a check', async ({ chain }) => {
    const { governor } = await chain.deploy(options)
    const reader = follow({ urls: [chain.url], addresses: [governor.toLowerCase()] }).reader
    const signal = new AbortController().signal
    const [report] = await reader.check(signal)
    const [parameters] = await reader.readParameters(signal)

    expect(report?.contract).toBe(governor)
    expect(report?.summary.startsWith(flavour)).toBe(true)
    expect(parameters).toMatchObject({
      contract: governor,
      clock: options.clock ?? 'block',
      votingDelay: BigInt(options.votingDelay ?? 1),
      votingPeriod: BigInt(options.votingPeriod ?? 10),
      ...(hasTimelock && { timelockDelay: 60n }),
    })
  })
})
