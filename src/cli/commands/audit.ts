import type { AuditEntry, Store } from '../../sinks/Store.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ChainOptions } from '../options.js'
import { auditSentence } from '../output/auditSentence.js'
import { paint } from '../output/paint.js'
import { printJson } from '../output/printJson.js'
import { leastTitle } from '../output/renderTable.js'
import { shortIds, type ShortId, wholeIds } from '../output/shortIds.js'
import { timeOfMsText } from '../output/times.js'
import { wrapText } from '../output/wrapText.js'
import { requireChain } from '../readWatched.js'
import type { Context, Terminal } from '../Terminal.js'
import { auditView } from '../views/auditView.js'
import { withStore } from '../withStore.js'

export interface AuditOptions extends ChainOptions {
  readonly limit?: number
}

/** Prints what was done and why, newest first. */
export function audit({ chain, limit = 50, ...options }: AuditOptions, { terminal }: Context): number {
  const located = locateState(options)
  return withStore(located, (store) => {
    requireChain(store, located, chain)
    const entries = store?.audit({ limit, ...(chain !== undefined && { chain }) }) ?? []
    if (options.json === true) printJson(terminal, entries.map(auditView))
    else if (entries.length === 0) terminal.out('No entries yet: nothing has been done so far.')
    else
      terminal.out(auditText(entries, terminal, terminal.width < Infinity ? shortIds(proposalIdsIn(store)) : wholeIds))
    return exitCodes.done
  })
}

/** A sentence each, whole: what does not fit on a line goes on below it. */
function auditText(entries: readonly AuditEntry[], { width, color }: Terminal, short: ShortId): string {
  const chains = new Set(entries.map(({ chain }) => chain))
  const chainWidth =
    chains.size < 2 && width < Infinity ? 0 : Math.max(...[...chains].map((chain) => chain.length)) + gap.length
  return entries
    .flatMap((entry) => {
      const start = `${timeOfMsText(entry.at)}${gap}`
      const place = entry.chain.padEnd(chainWidth).slice(0, chainWidth)
      const room = Math.max(leastTitle, width - start.length - chainWidth)
      return wrapText(auditSentence(entry, short), room)
        .split('\n')
        .map((line, at) =>
          at === 0 ? `${paint(start, 'dim', color)}${place}${line}` : `${' '.repeat(start.length + chainWidth)}${line}`,
        )
    })
    .join('\n')
}

const gap = '  '

function proposalIdsIn(store: Store | undefined): readonly string[] {
  return (store?.chains() ?? [])
    .flatMap((chain) => [...(store?.load(chain)?.proposals.values() ?? [])])
    .map(({ id }) => id)
}
