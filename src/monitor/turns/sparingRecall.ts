import { type Observable, tap } from 'rxjs'
import type { RecalledProposals } from '../../domain/proposals/archive.js'
import type { RecallRequest } from '../../store/Store.js'

/** Seconds of chain time between two checks for old proposals. It can be long, because proposals are kept for days. */
const lookEvery = 60n

/**
 * Asks the archive only if it may return something, and returns undefined otherwise. Most readings name no unknown
 * proposals. Proposals that are too old are looked for once a minute of chain time, and again at once while some are
 * found.
 */
export function sparingRecall(
  recall: (wanted: RecallRequest) => Observable<RecalledProposals>,
): (wanted: RecallRequest) => Observable<RecalledProposals> | undefined {
  let empty: { readonly from: bigint; readonly to: bigint } | undefined
  return (wanted) => {
    const { keys, before, surplus } = wanted
    const isKnown = empty !== undefined && before >= empty.from && before < empty.to
    if (isKnown && keys.length === 0 && surplus <= 0) return undefined
    return recall(wanted).pipe(
      tap(({ proposals }) => {
        empty = proposals.length === 0 ? { from: before, to: before + lookEvery } : undefined
      }),
    )
  }
}
