import { describe, expect } from 'vitest'
import { planProblems } from '../../../../src/domain/plans/validatePlan.js'
import { keyOf } from '../../../../src/domain/proposals/proposal.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { legacyMessage, upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import type { CosmosServer } from '../../../support/servers/cosmosServer.js'
import { nextPoll } from './follow.js'
import { onCosmos as it } from './onCosmos.js'

const { signal } = new AbortController()
const info =
  '{"binaries":{"linux/amd64":"https://example.org/gaiad?checksum=sha256:63e7384d8d0cb0f48e9daa6439cb1bb60ade29c4be84586486ba222ee4cf20dd"}}'

/** Proposal `id` has passed and the chain has scheduled its plan. */
function pass(server: CosmosServer, id: number, name: string, height: number): void {
  server.put(id, { status: 'PASSED', messages: [upgradeMessage(name, height, info)] })
  server.schedule({ name, height: String(height), info })
}

describe('a plan', () => {
  it('is read from MsgSoftwareUpgrade, with its info verbatim', async ({ server, hub }) => {
    server.put(1, { messages: [upgradeMessage('v18', 21_330_500, info)] })
    await hub.poll()
    expect(hub.proposal(1)?.finding).toMatchObject({
      plan: { name: 'v18', height: 21_330_500, info },
      origin: 'call',
      problems: [],
    })
  })

  it('is read from legacy content inside a v1 message', async ({ server, hub }) => {
    server.put(1, {
      messages: [
        legacyMessage('/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal', {
          plan: { name: 'v0.5.0', height: '1764000', info: '', time: '0001-01-01T00:00:00Z' },
        }),
      ],
    })
    await hub.poll()
    expect(hub.proposal(1)?.finding).toEqual({
      plan: { name: 'v0.5.0', height: 1_764_000 },
      origin: 'call',
      problems: [],
    })
  })

  it('is not read from text, because only x/upgrade schedules', async ({ server, hub }) => {
    server.put(1, { summary: '```upgrade-plan\n{"name":"v9","height":9}\n```' })
    await hub.poll()
    expect(hub.proposal(1)).not.toHaveProperty('finding')
  })

  it('with a time instead of a height cannot be scheduled', async ({ server, hub }) => {
    server.put(38, {
      status: 'PASSED',
      messages: [
        legacyMessage('/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal', {
          plan: { name: 'Signal', height: '0', info: '', time: '9999-12-31T00:00:00Z' },
        }),
      ],
    })
    await hub.poll()
    const finding = hub.proposal(38)?.finding
    expect(finding?.problems).toEqual([
      'The plan is bound to a time, not to a height: no block can be waited for.',
      "The plan's height 0 is not above 0.",
    ])
    expect(finding !== undefined && planProblems(finding, resolvePlanOptions({}))).toContain(
      "The plan's height 0 is not above 0.",
    )
  })

  it('that differs from another one in the same proposal is a problem', async ({ server, hub }) => {
    server.put(1, { messages: [upgradeMessage('v2', 5_000), upgradeMessage('v3', 6_000)] })
    await hub.poll()
    expect(hub.proposal(1)?.finding?.problems.join()).toContain('disagree')
  })
})

describe('the plan that the chain has scheduled', () => {
  it('is kept while it is scheduled, and is still watched', async ({ server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(hub.proposal(5)?.finding).not.toHaveProperty('withdrawn')
    expect(server.requests).toContain('/cosmos/upgrade/v1beta1/current_plan')
    expect(server.requests.some((path) => path.includes('applied_plan') || path.includes('/proposals/5'))).toBe(false)
  })

  it('is withdrawn by MsgCancelUpgrade, which names no plan, also after a restart', async ({ server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    server.mine(1_000)
    await hub.poll()
    hub = hub.restarted()
    server.put(6, {
      status: 'PASSED',
      messages: [{ '@type': '/cosmos.upgrade.v1beta1.MsgCancelUpgrade', authority: 'gov' }],
    })
    server.schedule(null)
    await nextPoll(server, hub)
    expect(hub.proposal(5)).toMatchObject({
      status: 'passed',
      finding: {
        plan: { name: 'v18', height: 5_000 },
        withdrawn: 'The chain has no upgrade scheduled any more: it was cancelled, or skipped.',
      },
    })
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(server.requests.some((path) => path.includes('applied_plan'))).toBe(false)
  })

  it('is withdrawn if another plan replaces it', async ({ server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    await hub.poll()
    pass(server, 6, 'v18', 6_000)
    await nextPoll(server, hub)
    expect(hub.proposal(5)?.finding?.withdrawn).toBe(
      'The chain has another upgrade scheduled in its place: v18 at height 6000.',
    )
    expect(hub.proposal(6)?.finding).not.toHaveProperty('withdrawn')
  })

  it('is kept once it was applied, though the chain has nothing scheduled any more', async ({ server, hub }) => {
    pass(server, 5, 'v18', 1_002)
    await hub.poll()
    server.mine(10)
    server.apply('v18', 1_002)
    await hub.poll()
    expect(hub.proposal(5)?.finding).not.toHaveProperty('withdrawn')
    server.requests.length = 0
    await nextPoll(server, hub)
    expect(server.requests.some((path) => path.includes('applied_plan'))).toBe(false)
  })

  it('is checked in the first sync if it may just have been applied', async ({ server, hub }) => {
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v3', 990)] })
    server.apply('v3', 990)
    await hub.poll()
    expect(hub.proposal(5)?.finding?.applied).toBe(990n)
  })

  it('is not checked if it was over long before the first sync', async ({ server, hub }) => {
    server.put(5, { status: 'PASSED', messages: [upgradeMessage('v3', 900)] })
    server.mine(30_000)
    await hub.poll()
    expect(hub.proposal(5)?.finding).toMatchObject({ plan: { name: 'v3', height: 900 } })
    expect(server.requests.some((path) => path.includes('applied_plan'))).toBe(false)
  })

  it('proves nothing if its answer is older than the proposals', async ({ server, hub }) => {
    server.put(5, { messages: [upgradeMessage('v18', 5_000)] })
    await hub.poll()
    server.mine(1)
    pass(server, 5, 'v18', 5_000)
    server.schedule(null)
    server.behave({ heightOf: (path) => (path.includes('current_plan') ? 1_000 : undefined) })
    await hub.poll()
    expect(hub.proposal(5)?.finding).not.toHaveProperty('withdrawn')
    server.behave({})
    await nextPoll(server, hub)
    expect(hub.proposal(5)?.finding).toHaveProperty('withdrawn')
  })

  it('is unknown on a chain without x/upgrade: passed plans count, with a warning', async ({ server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    server.behave({
      fail: (path) =>
        path.includes('/upgrade/')
          ? { status: 501, body: '{"code":12,"message":"Not Implemented","details":[]}' }
          : undefined,
    })
    const { warnings } = await hub.poll()
    expect(hub.proposal(5)?.finding).not.toHaveProperty('withdrawn')
    expect(warnings.join()).toMatch(/does not report the scheduled upgrade: the plans of passed proposals are believed/)
  })

  it('is that of a proposal whose plan other servers have corrected, and is not shown by itself', async ({
    server,
    hub,
  }) => {
    pass(server, 5, 'odd', 5_000)
    await nextPoll(server, hub)
    const told = hub.proposal(5)!
    const plan = { name: 'v18', height: 6_000, info }
    hub.proposals.set(keyOf(told), { ...told, finding: { plan, origin: 'call', problems: [] } })
    const corrected = hub.restarted()
    pass(server, 5, 'v18', 6_000)
    await nextPoll(server, corrected)
    expect([...corrected.proposals.values()].map(({ id }) => id)).toStrictEqual(['5'])
    server.schedule(null)
    await nextPoll(server, corrected)
    expect(corrected.proposal(5)?.finding?.withdrawn).toContain('no upgrade scheduled any more')
  })

  it('is shown by itself if no known proposal has it', async ({ server, hub }) => {
    await hub.poll()
    server.schedule({ name: 'v19', height: '7000', info })
    await nextPoll(server, hub)
    expect(hub.proposal('v19@7000', 'upgrade')).toMatchObject({
      title: 'Upgrade v19',
      type: 'upgrade',
      status: 'passed',
      derived: true,
      finding: { plan: { name: 'v19', height: 7_000, info }, origin: 'chain', problems: [] },
    })
    server.schedule(null)
    await nextPoll(server, hub)
    expect(hub.proposal('v19@7000', 'upgrade')?.finding).toHaveProperty('withdrawn')
  })

  it('is not shown by itself while its proposal is about to pass', async ({ server, hub }) => {
    server.put(5, { messages: [upgradeMessage('v18', 5_000)] })
    await hub.poll()
    server.schedule({ name: 'v18', height: '5000', info: '' })
    await nextPoll(server, hub)
    server.put(5, { status: 'PASSED' })
    await nextPoll(server, hub)
    expect([...hub.proposals.keys()]).toEqual(['hub/gov/5'])
  })
})

describe('a proposal that is read by id', () => {
  it('is compared with the scheduled plan, too', async ({ server, hub }) => {
    pass(server, 5, 'v18', 5_000)
    expect((await hub.reader.readProposal('gov', '5', signal))?.finding).not.toHaveProperty('withdrawn')
    server.schedule({ name: 'v19', height: '7000', info })
    expect((await hub.reader.readProposal('gov', '5', signal))?.finding?.withdrawn).toMatch(/v19 at height 7000/)
    expect(await hub.reader.readProposal('upgrade', 'v19@7000', signal)).toMatchObject({ finding: { origin: 'chain' } })
    expect(await hub.reader.readProposal('upgrade', 'v18@5000', signal)).toBeUndefined()
    expect(await hub.reader.readProposal('gov', '900', signal)).toBeUndefined()
  })
})
