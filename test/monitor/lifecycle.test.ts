import { describe, expect } from 'vitest'
import type { GovernorOptions } from '../../src/localChain/deployGovernor.js'
import { carry, carryOut, eventsToSchedule, pass, upgradeDraft } from './upgradeStory.js'
import { chainOf, watch } from './watching.js'
import { onSharedChain as it } from '../support/fixtures.js'

const info = { binaries: { 'linux/amd64': `https://example.org/node?checksum=sha256:${'c0ffee42'.repeat(8)}` } }
const kinds: readonly (Partial<GovernorOptions> & {
  readonly title: string
  readonly profile: 'wemixvisor' | 'cosmovisor' | 'portable'
  readonly info: unknown
})[] = [
  { title: 'OpenZeppelin 5 on a block clock', profile: 'wemixvisor', info },
  {
    title: 'OpenZeppelin 5 on a timestamp clock',
    clock: 'timestamp',
    votingDelay: 20,
    votingPeriod: 100,
    profile: 'cosmovisor',
    info: JSON.stringify(info),
  },
  { title: 'OpenZeppelin 5 with a timelock', timelock: { minDelay: 60 }, profile: 'portable', info: undefined },
  {
    title: 'OpenZeppelin 5 on a timestamp clock with a timelock',
    clock: 'timestamp',
    votingDelay: 20,
    votingPeriod: 100,
    timelock: { minDelay: 60 },
    profile: 'wemixvisor',
    info,
  },
  {
    title: 'OpenZeppelin 4 with the interface of Bravo',
    version: '4-bravo',
    timelock: { minDelay: 60 },
    profile: 'cosmovisor',
    info: JSON.stringify(info),
  },
  { title: 'Compound Bravo', version: 'bravo', timelock: { minDelay: 60 }, profile: 'wemixvisor', info },
]

describe.each(kinds)('$title', ({ title: _title, profile, info: written, ...options }) => {
  const waits = options.timelock !== undefined
  // OpenZeppelin 5 lets the proposer cancel only before the vote.
  const cancelsLate = options.version !== undefined

  it('announces an upgrade from proposal to completion, each event once and in order, and writes the file', async ({
    chain,
    place,
  }) => {
    const people = await chain.deploy(options)
    const { actor, governor } = people
    await using watching = watch({
      chains: [chainOf(chain.url, governor, { upgradeInfo: { home: place.home, profile } })],
    })
    await watching.settle()
    const height = await chain.heightIn(200)

    const id = await actor.propose(upgradeDraft(people, { name: 'v2', height, info: JSON.stringify(info) }))
    await watching.told('new_proposal', id)
    await actor.toVotingStart(id)
    await watching.told('voting_started', id)
    for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
    await watching.told('quorum_reached', id)
    await actor.pastDeadline(id)
    await watching.told('upgrade_scheduled', id)
    const plan = { name: 'v2', height, origin: 'call', proposalId: id.toString() }
    expect(await watching.upgrade(id)).toMatchObject({ ...plan, status: 'scheduled' })

    await carryOut(people, id, () => watching.told('proposal_queued', id))
    await watching.told('proposal_executed', id)
    await chain.mineTo(height - 1)
    await watching.settle()
    expect(place.file()).toBeUndefined()

    await actor.mine(1)
    await watching.told('upgrade_triggered', id)
    expect(place.file()).toStrictEqual({ name: 'v2', height, ...(written !== undefined && { info: written }) })
    await actor.mine(3)
    await watching.told('upgrade_completed', id)
    await watching.settle()
    expect(await watching.upgrade(id)).toMatchObject({ ...plan, status: 'completed' })
    const ahead = [...eventsToSchedule, ...(waits ? ['proposal_queued'] : []), 'proposal_executed']
    expect(watching.events()).toStrictEqual([...ahead, 'upgrade_triggered', 'upgrade_completed'])
  })

  it('counts the votes as they are cast, and emits each once and in order', async ({ chain }) => {
    const { actor, governor } = await chain.deploy(options)
    await using watching = watch({ chains: [chainOf(chain.url, governor)] })
    await watching.settle()
    const unit = 100n
    const id = await actor.propose({ description: 'Vote on it' })
    await actor.toVotingStart(id)
    await watching.told('voting_started', id)

    await actor.vote(id, 0, 3)
    await actor.vote(id, 2, 4, 'no opinion')
    await watching.settle()
    expect((await watching.proposal(id)).tally).toMatchObject({ yes: 0n, no: unit, abstain: unit, decimals: 18 })
    for (const voter of [0, 1, 2]) await actor.vote(id, 1, voter)
    // Two of the votes may be a poll of their own, and enough.
    expect((await watching.proposal(id, ({ tally }) => tally?.yes === 3n * unit)).tally).toMatchObject({
      no: unit,
      abstain: unit,
      quorumReached: true,
      thresholdMet: true,
    })
    await watching.settle()
    expect(
      watching.changes.flatMap((change) => (change.type === 'voteCast' ? [change.vote.choice] : [])),
    ).toStrictEqual(['no', 'abstain', 'yes', 'yes', 'yes'])
  })

  it('announces a cancellation, cancels the upgrade, and writes no file', async ({ chain, place }) => {
    const people = await chain.deploy(options)
    const { actor, governor } = people
    await using watching = watch({
      chains: [chainOf(chain.url, governor, { upgradeInfo: { home: place.home, profile } })],
    })
    await watching.settle()

    const height = await chain.heightIn(100)
    const id = await actor.propose(upgradeDraft(people, { name: 'v2', height }))
    if (cancelsLate) {
      await carry(actor, id)
      await watching.told('upgrade_scheduled', id)
      await actor.cancel(id)
      await watching.told('upgrade_cancelled', id)
      expect(await watching.upgrade(id)).toMatchObject({ status: 'cancelled', reasons: ['The proposal is canceled.'] })
    } else {
      await actor.cancel(id)
    }
    await watching.told('proposal_canceled', id)
    await actor.mine(120)
    await watching.settle()

    expect(watching.events(id)).not.toContain('upgrade_triggered')
    expect(place.file()).toBeUndefined()
  })

  it('announces a defeat, and the events between two polls in their order', async ({ chain }) => {
    const { actor, governor } = await chain.deploy(options)
    await using watching = watch({ chains: [chainOf(chain.url, governor, { monitor: { pollInterval: '1h' } })] })
    await watching.settle()

    const lost = await actor.propose({ description: 'Nobody wants it', proposer: 1 })
    await watching.settle()
    await actor.toVotingStart(lost)
    await actor.vote(lost, 0, 0, 'no')
    await actor.vote(lost, 1, 1)
    await actor.pastDeadline(lost)
    await actor.mine(1)
    await watching.settle()

    expect(watching.events(lost)).toStrictEqual(['new_proposal', 'voting_ended', 'proposal_rejected'])
    expect(watching.changes.flatMap((change) => (change.type === 'voteCast' ? [change.vote] : []))).toMatchObject([
      { choice: 'no', reason: 'no', id: lost.toString() },
      { choice: 'yes', reason: '' },
    ])
    expect(await watching.proposal(lost)).toMatchObject({ status: 'rejected', derived: true })
  })
})

describe('through a timelock', () => {
  it('announces that a queued proposal expired, and cancels its upgrade', async ({ chain }) => {
    const people = await chain.deploy({ version: 'bravo', timelock: { minDelay: 60 } })
    const { actor, governor } = people
    await using watching = watch({ chains: [chainOf(chain.url, governor)] })
    await watching.settle()
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 1_000_000 }))
    await actor.queue(id)
    await watching.told('proposal_queued', id)
    await actor.pastEta(id)
    // Compound's timelock gives two weeks.
    await actor.mine(2, 15 * 86_400)
    await watching.told('upgrade_cancelled', id)
    await watching.settle()

    expect(await actor.state(id)).toBe('Expired')
    expect(watching.events(id).slice(-2)).toStrictEqual(['proposal_expired', 'upgrade_cancelled'])
  })

  it.for(['passed', 'executed'] as const)('schedules on %s', async (scheduleOn, { chain }) => {
    const people = await chain.deploy({ timelock: { minDelay: 60 } })
    const { actor, governor } = people
    await using watching = watch({ chains: [chainOf(chain.url, governor, { scheduler: { scheduleOn } })] })
    await watching.settle()
    const id = await pass(people, upgradeDraft(people, { name: 'v2', height: 1_000_000 }))
    await watching.told('proposal_passed', id)
    await watching.settle()
    expect(watching.events(id).includes('upgrade_scheduled')).toBe(scheduleOn === 'passed')
    await actor.queue(id)
    await actor.pastEta(id)
    await actor.execute(id)
    await watching.told('upgrade_scheduled', id)
    await watching.settle()

    expect(watching.events(id).filter((event) => event === 'upgrade_scheduled')).toHaveLength(1)
  })
})
