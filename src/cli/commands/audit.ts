import type { AuditEntry } from '../../sinks/Store.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import type { ReadOptions } from '../options.js'
import { printJson } from '../output/printJson.js'
import { type Column, renderTable } from '../output/renderTable.js'
import { timeOfMsText } from '../output/times.js'
import type { Context } from '../Terminal.js'
import { auditView } from '../views/auditView.js'
import { withStore } from '../withStore.js'

export interface AuditOptions extends ReadOptions {
  readonly chain?: string
  readonly limit?: number
}

/** Prints what was done and why, newest first. */
export function audit({ chain, limit = 50, ...options }: AuditOptions, { terminal }: Context): number {
  const { state } = locateState(options)
  const entries = withStore({ state }, (store) => store?.audit({ limit, ...(chain !== undefined && { chain }) }) ?? [])
  if (options.json === true) printJson(terminal, entries.map(auditView))
  else if (entries.length === 0) terminal.out('No entries yet: nothing has been done so far.')
  else terminal.out(renderTable(columns, entries, terminal))
  return exitCodes.done
}

const columns: readonly Column<AuditEntry>[] = [
  { title: 'NO', text: ({ seq }) => String(seq), align: 'right' },
  { title: 'TIME', text: ({ at }) => timeOfMsText(at) },
  { title: 'CHAIN', text: ({ chain }) => chain },
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'DETAIL', text: ({ detail }) => JSON.stringify(detail), shrinks: true },
]
