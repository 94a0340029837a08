import type { RecalledProposals } from '../../domain/proposals/archive.js'
import type { RecallRequest } from '../../store/Store.js'

type Recall = (wanted: RecallRequest) => RecalledProposals

const nothing: RecalledProposals = { proposals: [], announcedIds: [] }

/** Seconds of the chain. Proposals are remembered for days. */
const lookEvery = 60n

/**
 * Asks the archive only where something may come of it: most readings name nothing that is not known, and what has
 * grown too old is looked for once a minute of the chain, and again at once while there is some.
 */
export function sparingRecall(recall: Recall): Recall {
  let empty: { readonly from: bigint; readonly to: bigint } | undefined
  return (wanted) => {
    const { keys, before, surplus } = wanted
    const isKnown = empty !== undefined && before >= empty.from && before < empty.to
    if (isKnown && keys.length === 0 && surplus <= 0) return nothing
    const recalled = recall(wanted)
    empty = recalled.proposals.length === 0 ? { from: before, to: before + lookEvery } : undefined
    return recalled
  }
}
