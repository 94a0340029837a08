import type { AuditEntry, Store } from '../../sinks/Store.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ChainOptions } from '../options.js'
import { auditSentence } from '../output/auditSentence.js'
import { printJson } from '../output/printJson.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { shortIds, type ShortId, wholeIds } from '../output/shortIds.js'
import { timeOfMsText } from '../output/times.js'
import { requireChain } from '../readWatched.js'
import type { Context } from '../Terminal.js'
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
    else terminal.out(renderTable(columnsOf(terminal.width < Infinity ? shortIds(proposalIdsIn(store)) : wholeIds), entries, terminal))
    return exitCodes.done
  })
}

function columnsOf(short: ShortId): readonly Column<AuditEntry>[] {
  return [
    { title: 'TIME', text: ({ at }) => timeOfMsText(at) },
    { title: 'CHAIN', text: ({ chain }) => chain, yields: 1 },
    { title: 'WHAT', text: (entry) => auditSentence(entry, short), shrinks: true, least: 50 },
  ]
}

function proposalIdsIn(store: Store | undefined): readonly string[] {
  return (store?.chains() ?? []).flatMap((chain) => [...(store?.load(chain)?.proposals.values() ?? [])]).map(({ id }) => id)
}
