import type { Proposal } from '../domain/proposals/proposal.js'
import type { Store } from '../store/Store.js'

interface Wanted {
  readonly active: boolean
  /** Maximum number of proposals over all chains. */
  readonly limit: number
}

/**
 * Reads the newest proposals of each chain, chain by chain. A chain gets an equal share of the limit, and more if
 * others do not need theirs, so that one busy chain does not hide the others.
 */
export function newestOf(store: Store, chains: readonly string[], { active, limit }: Wanted): readonly Proposal[] {
  const newest = (chain: string, most: number) =>
    store.find({ active, limit: most }, { chains: [chain], order: 'newest' })
  // A selection that is not iterated reads only row numbers.
  const shares = sharesOf(
    chains.map((chain) => newest(chain, limit).size),
    limit,
  )
  return chains.flatMap((chain, index) => [...newest(chain, shares[index] ?? 0)])
}

/** Distributes `limit` evenly: nobody gets more than they need, and what is left goes to the others. */
export function sharesOf(needs: readonly number[], limit: number): readonly number[] {
  const shares = needs.map(() => 0)
  let left = limit
  const order = [...needs.keys()].sort((a, b) => (needs[a] ?? 0) - (needs[b] ?? 0))
  for (const [served, index] of order.entries()) {
    const share = Math.min(needs[index] ?? 0, Math.ceil(left / (order.length - served)))
    shares[index] = share
    left -= share
  }
  return shares
}
