import { getAddress, isAddress } from 'viem'
import { defined } from '../../../domain/defined.js'
import type { PlanFinding } from '../../../domain/plans/plan.js'
import { readPlan } from '../../../domain/plans/readPlan.js'
import { announcementId } from '../../../domain/proposals/announced.js'
import type { Proposal, ProposalOrigin } from '../../../domain/proposals/proposal.js'
import { cleanLine } from '../../../domain/text/text.js'
import type { EntrypointEvent } from './decode.js'

/** A plan that a contract announced, according to the logs. */
export interface AnnouncedPlan {
  readonly contract: string
  /** The id of the first announcement. A later one that replaces it changes the plan, not the id. */
  readonly id: string
  readonly origin: ProposalOrigin
  readonly finding: PlanFinding
  /** `void`: the chain does not accept such a plan, so it does not replace another one. */
  readonly state: 'standing' | 'cancelled' | 'void'
}

/** The key is the contract in lower case and the id. */
export type AnnouncedPlans = ReadonlyMap<string, AnnouncedPlan>

export function placeOf({ contract, id }: Pick<AnnouncedPlan, 'contract' | 'id'>): string {
  return `${contract.toLowerCase()}/${id}`
}

/** Restores an announced plan from its proposal. */
export function announcedOf(proposal: Proposal): readonly AnnouncedPlan[] {
  const { contract, id, origin, finding, status, carriedOut } = proposal
  if (origin === undefined || finding === undefined) return []
  const state = carriedOut === true ? 'void' : status === 'canceled' ? 'cancelled' : 'standing'
  return [{ contract, id, origin, finding, state }]
}

/**
 * Applies events, in chain order. A contract holds one plan at a time: an announcement replaces the standing plan if
 * its height is still ahead, and a cancellation clears it. An announcement that the chain cannot accept, without a name
 * or for a past height, is recorded separately and changes nothing else.
 */
export function foldAnnouncements(
  before: AnnouncedPlans,
  events: readonly EntrypointEvent[],
  chainId: number,
): AnnouncedPlans {
  const plans = new Map(before)
  const standing = new Map(
    [...plans.values()]
      .filter(({ state }) => state === 'standing')
      .sort(byOrigin)
      .map(byContract),
  )
  const counted = new Map<string, number>()
  for (const event of events) {
    const { contract, origin } = event
    const known = standing.get(contract)
    const current = known !== undefined && BigInt(known.finding.plan.height ?? 0) > origin.block ? known : undefined
    if (event.type === 'cancelled') {
      if (current !== undefined) plans.set(placeOf(current), { ...current, state: 'cancelled' })
      standing.delete(contract)
      continue
    }
    const block = `${contract}/${origin.block}`
    const count = (counted.get(block) ?? 0) + 1
    counted.set(block, count)
    const finding = findingIn(event)
    const isVoid = event.name === '' || event.height <= 0n || isPast(event) || event.height > maxHeight
    const plan: AnnouncedPlan =
      current === undefined || isVoid
        ? {
            contract: checksummedOf(contract),
            id: announcementId(origin.block, count),
            origin,
            finding,
            state: isVoid ? 'void' : 'standing',
          }
        : { ...current, finding: isSinglePlan(chainId, origin.block) ? doubted(current.finding, finding) : finding }
    plans.set(placeOf(plan), plan)
    if (!isVoid) standing.set(contract, plan)
  }
  return plans
}

type Announcement = Extract<EntrypointEvent, { readonly type: 'announced' }>

/** The announced plan. The chain refuses one for a past height, so it must not be acted on. */
function findingIn(event: Announcement): PlanFinding {
  const { plan, problems } = readPlan(event)
  const { height, origin } = event
  const past = `The plan's height ${height} is below block ${origin.block}, in which it was announced: the chain refuses such a plan.`
  return { plan, problems: height > 0n && isPast(event) ? [...problems, past] : problems, origin: 'event' }
}

function isPast({ height, origin }: Announcement): boolean {
  return height < origin.block
}

// The maximum height that a Cosmos module accepts.
const maxHeight = 2n ** 63n - 1n

function byOrigin({ origin: a }: AnnouncedPlan, { origin: b }: AnnouncedPlan): number {
  return a.block === b.block ? a.index - b.index : a.block < b.block ? -1 : 1
}

function byContract(plan: AnnouncedPlan): readonly [string, AnnouncedPlan] {
  return [plan.contract.toLowerCase(), plan]
}

function checksummedOf(contract: string): string {
  return isAddress(contract, { strict: false }) ? getAddress(contract) : contract
}

// Story and its test net Aeneid. From these blocks on they refuse a second plan while one is pending.
const singlePlanFrom: ReadonlyMap<number, bigint> = new Map([
  [1514, 11_538_000n],
  [1315, 10_886_688n],
])

function isSinglePlan(chainId: number, block: bigint): boolean {
  const from = singlePlanFrom.get(chainId)
  return from !== undefined && block >= from
}

/**
 * Keeps the pending plan and marks it as unsure, because another one was announced and no log says whether the chain
 * refused it.
 */
function doubted(current: PlanFinding, other: PlanFinding): PlanFinding {
  const { name, height } = other.plan
  if (name === current.plan.name && height === current.plan.height) return current
  const { plan, origin, problems } = current
  const unsure = `The contract announced ${cleanLine(name, 128)} at height ${height} while ${cleanLine(plan.name, 128)} at height ${plan.height} was pending: this chain refuses a second plan before the first is cancelled, and no log tells what it did. Ask a node of yours for /evmengine/pending_upgrade.`
  return { plan, origin, problems, ...defined({ unsure }) }
}
