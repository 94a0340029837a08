import { setImmediate } from 'node:timers/promises'
import { defined } from '../domain/defined.js'
import { isLive, queueOf } from '../domain/upgrades/queueOf.js'
import type { Upgrade } from '../domain/upgrades/upgrade.js'
import type { Store } from '../store/Store.js'
import type { PageContent, VotedOn, WaitingFor } from '../views/pageView.js'
import type { Shown } from '../views/proposalView.js'
import { showProposals } from '../views/showProposals.js'
import { briefsOf, chainsIn, namedChains } from './chainsOf.js'
import { newestOf } from './newestOf.js'
import type { ServerContext } from './ServerContext.js'

// Maximum number of items of each list, about what a person looks through; the lists of the API hold the rest.
const most = { upgrades: 60, finished: 15, open: 40, closed: 10, past: 200, inbox: 40, failed: 20, trail: 80 }
// Number of proposals whose votes are read before anything else gets its turn.
const atOnce = 10

/**
 * Reads the content of the page. The work is bounded, whatever the size of the state, and done in pieces: polls and
 * other clients need not wait for all of it.
 */
export async function pageContent(context: ServerContext): Promise<PageContent> {
  const { config, store, now } = context
  const chains = namedChains(config()).map(({ chain }) => chain)
  const outlines = briefsOf(context, chains)
  const paces = new Map(outlines.map((outline) => [outline.chain, outline]))
  const show = showProposals(outlines)
  const past = newestOf(store, chains, { active: false, limit: most.past }).map(show)
  await setImmediate()
  const open = newestOf(store, chains, { active: true, limit: most.open }).map(show)
  const { upgrades } = queueOf(outlines.flatMap((outline) => [...outline.upgrades.values()]))
  const proposals = [...open, ...past.toSorted(byEnd).slice(0, most.closed)]
  const mostNamed = mostNamedIn(proposals.length)
  return {
    proposals: await withVotes(store, proposals, mostNamed),
    mostNamed,
    past,
    at: now(),
    chains: chainsIn(context),
    upgrades: shownOf(upgrades).map((upgrade) => ({ upgrade, pace: paces.get(upgrade.chain) })),
    notifications: store.notifications({ limit: most.inbox }),
    failed: store.newestFailed(most.failed),
    waiting: waitingIn(context),
    trail: store.audit({ limit: most.trail }),
  }
}

/** Everything that is still to come, and the upgrades that finished last. */
function shownOf(upgrades: readonly Upgrade[]): readonly Upgrade[] {
  const isAhead = (upgrade: Upgrade): boolean => upgrade.status === 'pending' || isLive(upgrade)
  const finished = upgrades.filter((upgrade) => !isAhead(upgrade) && upgrade.status !== 'past')
  return [...upgrades.filter(isAhead), ...finished.slice(0, most.finished)].slice(0, most.upgrades)
}

/** The one whose vote ended last is first. One without a known end may still be to be executed: it is before them. */
function byEnd({ proposal: a }: Shown, { proposal: b }: Shown): number {
  const [ended, other] = [a, b].map((one) => one.votingEndsAt ?? one.closedAt?.timestamp)
  if (ended === undefined || other === undefined) return Number(other !== undefined) - Number(ended !== undefined)
  return Number(other - ended)
}

/**
 * Returns how many voters and how many missing members are named for each of so many proposals. To name 100 of each
 * for every one of 50 proposals takes longer than all else of the page, to make and to show.
 */
function mostNamedIn(proposals: number): number {
  return Math.max(30, Math.min(100, Math.floor(1_500 / proposals)))
}

/** Adds the newest votes to each proposal, and who voted. */
async function withVotes(store: Store, proposals: readonly Shown[], limit: number): Promise<readonly VotedOn[]> {
  const voted: VotedOn[] = []
  for (const shown of proposals) {
    if (voted.length % atOnce === 0) await setImmediate()
    const votes = store.votes(shown.proposal, limit)
    // If these are all votes, they say who voted.
    const voters = votes.length < limit ? [...new Set(votes.map(({ voter }) => voter))] : store.voters(shown.proposal)
    voted.push({ ...shown, votes, voters })
  }
  return voted
}

/** Counts what waits for each handler, also for one that is not configured any more. */
function waitingIn({ config, store }: ServerContext): readonly WaitingFor[] {
  const handlers = new Set([...config().notifier.handlers.map(({ name }) => name), ...store.waitingHandlers()])
  return [...handlers].flatMap((handler) => {
    const [count, held] = [store.waitingFor(handler), store.heldFor(handler)]
    return count + held === 0 ? [] : [{ handler, count, held, ...defined({ since: store.waitingSince(handler) }) }]
  })
}
