import { firstValueFrom } from 'rxjs'
import { emptyBlockTime, stepBlockTime } from '../../../src/domain/blocks/blockTime.js'
import type { KnownHead } from '../../../src/domain/blocks/headJump.js'
import { defined } from '../../../src/domain/defined.js'
import type { Proposal, ProposalKey } from '../../../src/domain/proposals/proposal.js'
import { type Known, stepDiff } from '../../../src/domain/proposals/stepDiff.js'
import type { Json } from '../../../src/domain/text/json.js'
import { resolvePlanOptions } from '../../../src/domain/upgrades/planOptions.js'
import { isSchedulable } from '../../../src/domain/upgrades/schedule/proposalStage.js'
import { stepPlan } from '../../../src/domain/upgrades/stepPlan.js'
import type { Upgrade } from '../../../src/domain/upgrades/upgrade.js'
import { compareBranches } from '../../../src/sources/agreement/compareBranches.js'
import { compareNodes } from '../../../src/sources/agreement/compareNodes.js'
import { confirmPlan } from '../../../src/sources/agreement/confirmPlan.js'
import { guardHeads } from '../../../src/sources/agreement/guardHeads.js'
import type { GovernanceReader } from '../../../src/sources/governance/GovernanceReader.js'
import { stepSeen } from '../../../src/sources/pollProposals.js'
import { chainOf, type Given, type Poll } from './rivalNodesGiven.js'

const options = resolvePlanOptions({ minUpgradeDelay: 0, maxConcurrentUpgrades: 10, completion: 'height' })
const unanswered = { defaultValue: { hosts: [], doubt: 'Nobody answers.' } }

/** The plans whose files are written, in the order of their proposals. */
export async function writtenPlans(given: Given, polls: readonly Poll[]): Promise<readonly string[]> {
  const { nodeOf, reader, turn } = chainOf(given)
  const { agreement } = given
  const witnesses = (polls[0]?.nodes ?? []).map((_, node) => nodeOf(node))
  let clock = 0
  let head: KnownHead = { blockTime: emptyBlockTime }
  let known: Known = { synced: false, proposals: new Map() }
  let upgrades: ReadonlyMap<ProposalKey, Upgrade> = new Map()
  let seen: Parameters<typeof stepSeen>[0] = { proposals: new Map() }
  let caughtUpAt: { head: bigint; time: number } | undefined
  let secondHistory: Json | undefined
  const now = (): number => clock
  const started = (): GovernanceReader => {
    const knownNow = () => ({ proposals: known.proposals, upgrades, ...defined({ secondHistory }) })
    const compared = compareNodes(reader, { witnesses, agreement, known: knownNow, now })
    const guarded = guardHeads(compared, { nodes: witnesses, agreement, known: () => ({ ...head, upgrades }), now })
    return compareBranches(guarded, { nodes: witnesses, known: knownNow, leadBlocks: 0, now })
  }
  let comparing = started()
  const written: string[] = []
  for (const poll of polls) {
    clock += poll.wait
    turn(poll)
    if (poll.restarts) comparing = started()
    const request = { ...seen, open: [...seen.proposals.values()], signal: new AbortController().signal }
    const good = await comparing.read(request).catch(() => undefined)
    if (good === undefined) continue
    const { retracted } = good
    seen = stepSeen(seen, good)
    secondHistory = good.secondHistory ?? secondHistory
    known = stepDiff(known, good, head.blockTime).known
    head = { head: good.head, lastGoodAt: clock, blockTime: stepBlockTime(head.blockTime, good.head) }
    const event = { head: good.head, hostTime: clock, proposals: known.proposals, retracted, blockTime: head.blockTime }
    const step = stepPlan({ upgrades }, { type: 'read', ...event, ...(caughtUpAt && { caughtUpAt }) }, options)
    upgrades = step.upgrades
    caughtUpAt = { head: good.head.number, time: clock }
    for (const due of step.due) {
      const near = known.proposals.get(due.key)?.origin?.block
      if (!(await isConfirmed(due, { witnesses, agreement, ...defined({ near }) }))) continue
      written.push(`${due.name} at ${due.height}, ${JSON.stringify(due.info)}`)
      const outcome = { key: due.key, result: 'written' } as const
      upgrades = stepPlan({ upgrades }, { type: 'wrote', outcome, head: good.head, hostTime: clock }, options).upgrades
    }
  }
  return written.toSorted()
}

interface Asked {
  readonly witnesses: readonly GovernanceReader[]
  readonly agreement: number
  readonly near?: bigint
}

/** True if enough nodes confirm the plan and have its block, as before a file is written. */
async function isConfirmed(due: Upgrade, { witnesses, agreement, near }: Asked): Promise<boolean> {
  const planOf = (told: Proposal) => (isSchedulable(told, options) ? told.finding?.plan : undefined)
  const asked = { readers: witnesses, agreement, planOf, patienceMs: 0, ...defined({ near }) }
  const { doubt } = await firstValueFrom(confirmPlan(due, asked), unanswered)
  const { signal } = new AbortController()
  const blocks = await Promise.allSettled(witnesses.map((one) => one.readBlock(BigInt(due.height ?? 0), signal)))
  const holders = blocks.filter((block) => block.status === 'fulfilled' && block.value !== undefined)
  return doubt === undefined && holders.length >= agreement
}
