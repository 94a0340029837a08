import * as z from 'zod/mini'
import type { Proposal, ProposalKey } from '../../domain/proposals/proposal.js'
import type { ProposalFilter } from '../../domain/proposals/selectProposals.js'
import { decode } from '../codec.js'
import { proposalRow } from '../proposalSchemas.js'
import type { ProposalOrder, ProposalSelection } from '../Store.js'
import type { Sql } from '../sql.js'

const rowRow = z.object({ row: z.number() })
const foundRow = z.object({ key: z.string(), json: z.string() })
const placedRow = z.extend(foundRow, { row: z.number() })
const bornRow = z.object({ born: z.number(), place: z.number() })
const besideRow = z.object({ below: z.nullable(z.string()), above: z.nullable(z.string()) })
const knownRow = z.object({ known: z.number() })

/** Selects the tracked proposals of these chains that meet every condition, chain by chain. */
export function findProposals(
  sql: Sql,
  filter: ProposalFilter,
  chains: readonly string[],
  order: ProposalOrder,
): ProposalSelection {
  const { limit = Infinity, after } = filter
  const from = after === undefined ? 0 : chains.findIndex((chain) => after.startsWith(`${chain}/`))
  const past = after === undefined ? 0 : placeOf(sql, chains[from] ?? '', after)
  if (from < 0 || past === undefined) return selectionOf(sql, [])
  const rows: number[] = []
  for (const [index, chain] of chains.slice(from).entries()) {
    if (rows.length >= limit) break
    if (filter.chain !== undefined && filter.chain !== chain) continue
    rows.push(...rowsIn(sql, chain, { ...filter, limit: limit - rows.length }, index === 0 ? past : 0, order))
  }
  return selectionOf(sql, rows)
}

/** One tracked proposal. */
export function proposalAt(sql: Sql, key: ProposalKey): Proposal | undefined {
  const row = placeOf(sql, chainIn(key), key)
  return row === undefined ? undefined : readProposal(sql, row)
}

/** The ids directly before and after an id among all tracked ids; undefined if no proposal has it. */
export function adjacentIds(sql: Sql, id: string): readonly string[] | undefined {
  const [found] = sql.all(knownRow, 'SELECT EXISTS (SELECT 1 FROM proposals WHERE id = ?) AS known', id)
  if (found?.known !== 1) return undefined
  const [beside] = sql.all(
    besideRow,
    'SELECT (SELECT max(id) FROM proposals WHERE id < ?) AS below, (SELECT min(id) FROM proposals WHERE id > ?) AS above',
    id,
    id,
  )
  return [beside?.below, beside?.above].filter((one) => typeof one === 'string')
}

// Number of rows read at a time. The first one is read alone, because often only that is needed.
const pageLength = 64

/** The proposals of these rows, read in pages while iterating. */
export function selectionOf(sql: Sql, rows: readonly number[]): ProposalSelection {
  return {
    size: rows.length,
    *[Symbol.iterator]() {
      for (let from = 0; from < rows.length; from = from === 0 ? 1 : from + pageLength)
        yield* readProposals(sql, rows.slice(from, from === 0 ? 1 : from + pageLength))
    },
  }
}

/** The proposals of these rows, in order. Rows that another process has deleted meanwhile are skipped. */
function readProposals(sql: Sql, rows: readonly number[]): readonly Proposal[] {
  const text = 'SELECT row, key, json FROM proposals WHERE row IN (SELECT value FROM json_each(?))'
  const found = new Map(sql.all(placedRow, text, JSON.stringify(rows)).map((one) => [one.row, one]))
  return rows.flatMap((row) => {
    const one = found.get(row)
    return one === undefined ? [] : [decode(proposalRow, one.json, { sql, row: `the proposal ${one.key}` })]
  })
}

/** Reads the proposal of one row. */
export function readProposal(sql: Sql, row: number): Proposal | undefined {
  const [found] = sql.all(foundRow, 'SELECT key, json FROM proposals WHERE row = ?', row)
  return found === undefined ? undefined : decode(proposalRow, found.json, { sql, row: `the proposal ${found.key}` })
}

function rowsIn(
  sql: Sql,
  chain: string,
  filter: Omit<ProposalFilter, 'chain' | 'after'>,
  past: number,
  order: ProposalOrder,
): readonly number[] {
  const { id, status, type, active, limit = Infinity } = filter
  const given = (column: string, value: string | undefined): readonly Condition[] =>
    value === undefined ? [] : [[`${column} = ?`, [value]]]
  const start = startOf(sql, past, order)
  const conditions = [
    ...given('id', id),
    ...given('status', status),
    ...given('type', type),
    ...activity(active),
    ...start,
  ]
  return sql
    .all(
      rowRow,
      `SELECT row FROM proposals ${indexFor(filter, order)} WHERE ${['chain = ?', 'announced = 0', ...conditions.map(([text]) => text)].join(' AND ')}
      ORDER BY ${order === 'newest' ? 'born DESC, place DESC, row' : 'row'} LIMIT ?`,
      chain,
      ...conditions.flatMap(([, values]) => values),
      limit === Infinity ? -1 : limit,
    )
    .map(({ row }) => row)
}

/** Names the index for selective conditions, because the query planner does not know that few rows match. */
function indexFor({ id, active }: Pick<ProposalFilter, 'id' | 'active'>, order: ProposalOrder): string {
  if (id !== undefined) return 'INDEXED BY proposals_id'
  if (active !== true) return ''
  return `INDEXED BY ${order === 'newest' ? 'proposals_active_newest' : 'proposals_active'}`
}

/** A SQL condition and its values. */
type Condition = readonly [text: string, values: readonly (string | number)[]]

/** The condition for rows after a given one in an order; none if `past` is 0, which selects all rows. */
function startOf(sql: Sql, past: number, order: ProposalOrder): readonly Condition[] {
  if (past === 0) return []
  if (order === 'known') return [['row > ?', [past]]]
  return sql.all(bornRow, 'SELECT born, place FROM proposals WHERE row = ?', past).map(({ born, place }): Condition => [
    // The first part limits the index scan.
    'born <= ? AND (born < ? OR place < ? OR (place = ? AND row > ?))',
    [born, born, place, place, past],
  ])
}

function activity(active: boolean | undefined): readonly Condition[] {
  if (active === undefined) return []
  return [[`status ${active ? 'IN' : 'NOT IN'} ('submitted', 'voting')`, []]]
}

function placeOf(sql: Sql, chain: string, key: ProposalKey): number | undefined {
  return sql.all(rowRow, 'SELECT row FROM proposals WHERE chain = ? AND key = ?', chain, key)[0]?.row
}

// Chain names contain no slash.
function chainIn(key: ProposalKey): string {
  return key.slice(0, Math.max(0, key.indexOf('/')))
}
