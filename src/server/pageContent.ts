import { queueOf } from '../domain/upgrades/queueOf.js'
import type { PageContent } from '../views/pageView.js'
import { showProposals } from '../views/showProposals.js'
import { briefsOf, chainsIn, namedChains } from './chainsOf.js'
import type { ServerContext } from './ServerContext.js'

// Maximum number of items of each list, about what a person looks through; the lists of the API hold the rest.
const most = { upgrades: 60, open: 40, closed: 10, past: 200, inbox: 40, failed: 20, trail: 80 }

/** Reads the content of the page. The work is bounded, whatever the size of the state. */
export function pageContent(context: ServerContext): PageContent {
  const { config, store, now } = context
  const chains = namedChains(config()).map(({ chain }) => chain)
  const outlines = briefsOf(context, chains)
  const paces = new Map(outlines.map((outline) => [outline.chain, outline]))
  const show = showProposals(outlines)
  const selected = (active: boolean, limit: number) =>
    [...store.find({ active, limit }, { chains, order: 'newest' })].map(show)
  const past = selected(false, most.past)
  const { upgrades } = queueOf(outlines.flatMap((outline) => [...outline.upgrades.values()]))
  return {
    at: now(),
    chains: chainsIn(context),
    upgrades: upgrades
      .filter(({ status }) => status !== 'past')
      .slice(0, most.upgrades)
      .map((upgrade) => ({ upgrade, pace: paces.get(upgrade.chain) })),
    proposals: [...selected(true, most.open), ...past.slice(0, most.closed)].map((shown) => ({
      ...shown,
      votes: store.votes(shown.proposal),
    })),
    past,
    notifications: store.notifications({ limit: most.inbox }),
    failed: store.failedDeliveries(most.failed),
    trail: store.audit({ limit: most.trail }),
  }
}
