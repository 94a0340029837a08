import { defined } from '../../domain/defined.js'
import { isJsonObject } from '../../domain/text/json.js'
import type { AuditEntry, Store } from '../../store/Store.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ChainOptions } from '../options.js'
import type { UnitOf } from '../output/auditFields.js'
import { auditSentence } from '../output/auditSentence.js'
import { pageByPage } from '../output/longList.js'
import { paint } from '../output/paint.js'
import { printJsonList } from '../output/printJson.js'
import { leastTitle } from '../output/renderTable.js'
import { shortIdsBy, wholeIds } from '../output/shortIds.js'
import { secondOfMsText } from '../output/times.js'
import { wrapText } from '../output/wrapText.js'
import { requireChain } from '../readWatchedChains.js'
import type { Context, Terminal } from '../Terminal.js'
import { auditView } from '../../views/auditView.js'
import { withStore } from '../withStore.js'

export interface AuditOptions extends ChainOptions {
  readonly limit?: number
}

/** Prints what was done and why, newest first. */
export async function audit({ chain, limit = 50, ...options }: AuditOptions, { terminal }: Context): Promise<number> {
  const located = await locateState(options)
  return withStore(located, async (store) => {
    requireChain(store, located, chain)
    const filter = chain === undefined ? {} : { chain }
    if (options.json === true) {
      const page = (most: number, last?: AuditEntry): readonly AuditEntry[] =>
        store?.audit({ ...filter, limit: most, ...defined({ before: last?.seq }) }) ?? []
      await printJsonList(terminal, pageByPage(page, limit), auditView)
    } else {
      const entries = withoutEarlierTries(store?.audit({ ...filter, limit: limit * triesForOne }) ?? []).slice(0, limit)
      if (entries.length === 0) terminal.out('No entries yet: nothing has been done so far.')
      else terminal.out(auditText(entries, terminal, store))
    }
    return exitCodes.done
  })
}

/** Renders one sentence per entry, in full; long ones wrap. */
function auditText(entries: readonly AuditEntry[], { width, color }: Terminal, store: Store | undefined): string {
  const short = width < Infinity ? shortIdsBy((id) => store?.adjacentIds(id)) : wholeIds
  const unitOf: UnitOf = (key) => store?.proposal(key)?.tally
  const chains = new Set(entries.map(({ chain }) => chain))
  const chainWidth =
    chains.size < 2 && width < Infinity ? 0 : Math.max(...[...chains].map((chain) => chain.length)) + gap.length
  return entries
    .flatMap((entry) => {
      const start = `${secondOfMsText(entry.at)}${gap}`
      const place = entry.chain.padEnd(chainWidth).slice(0, chainWidth)
      const room = Math.max(leastTitle, width - start.length - chainWidth)
      return wrapText(auditSentence(entry, short, unitOf), room)
        .split('\n')
        .map((line, at) =>
          at === 0 ? `${paint(start, 'dim', color)}${place}${line}` : `${' '.repeat(start.length + chainWidth)}${line}`,
        )
    })
    .join('\n')
}

const gap = '  '

// Number of entries to read for one that is shown, because an unavailable receiver causes many failed attempts.
const triesForOne = 20

/** Keeps only the newest failed attempt of each delivery, which contains the number of attempts and the reason. */
function withoutEarlierTries(entries: readonly AuditEntry[]): readonly AuditEntry[] {
  const told = new Set<string>()
  return entries.filter(({ kind, detail }) => {
    if (kind !== 'delivery' || !isJsonObject(detail)) return true
    const { handler, id, result } = detail
    const delivery = JSON.stringify([handler, id])
    const isEarlier = result === 'postponed' && told.has(delivery)
    told.add(delivery)
    return !isEarlier
  })
}
