import { z } from 'zod'
import type { ChainState, Turn } from '../domain/chainState.js'
import { isOpen, keyOf } from '../domain/proposals/proposal.js'
import { decode, encode } from './codec.js'
import { mapDifference } from './mapDifference.js'
import { chainRow, proposalRow, toldRow, upgradeRow } from './schemas.js'
import type { Sql } from './sql.js'

/** A turn that moves nothing but the health is written this often at most. Milliseconds of `turn.time`. */
const restMs = 5_000

const jsonRow = z.object({ json: z.string() })
const namedRow = z.object({ chain: z.string() })
const revisionRow = z.object({ revision: z.number() })

/** What the file holds of one chain, as this process last saw it. */
export interface Committed {
  readonly state: ChainState
  /** Raised by every write: another value in the file means that another process wrote in between. */
  readonly revision: number
  /** `turn.time` of the last write. */
  readonly at: number
}

/** The rows of the chain states. The caller holds the transaction. */
interface ChainStates {
  readonly load: (chain: string) => Committed | undefined
  /**
   * Writes what differs from `known`, and all of it where that is not what the file holds. Returns what the
   * file holds then.
   */
  readonly write: (turn: Turn, known: Committed | undefined) => Committed
  readonly chains: () => readonly string[]
}

// The row without what moves on every poll.
function lasting(state: ChainState): string {
  const apart = { proposals: undefined, upgrades: undefined, told: undefined }
  return encode({ ...state, ...apart, lastGoodAt: undefined, watched: undefined, health: state.health.state })
}

function hasNews({ state, changes, moves, announcements, time }: Turn, known: Committed): boolean {
  return (
    changes.length + moves.length + announcements.length > 0 ||
    // The clock of the host may step back.
    Math.abs(time - known.at) >= restMs ||
    lasting(state) !== lasting(known.state)
  )
}

export function chainStates(sql: Sql): ChainStates {
  const where = (row: string): { readonly file: string; readonly row: string } => ({ file: sql.file, row })

  const revisionOf = (chain: string): number | undefined =>
    sql.all(revisionRow, 'SELECT revision FROM chains WHERE chain = ?', chain)[0]?.revision

  const writeProposals = (chain: string, before: ChainState['proposals'], after: ChainState['proposals']): number => {
    const { changed, gone } = mapDifference(before, after)
    for (const key of gone) sql.run('DELETE FROM proposals WHERE chain = ? AND key = ?', chain, key)
    for (const [key, proposal] of changed) {
      sql.run(
        `INSERT INTO proposals (chain, key, status, type, closed, json) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (chain, key) DO UPDATE SET
          status = excluded.status, type = excluded.type, closed = excluded.closed, json = excluded.json`,
        chain,
        key,
        proposal.status,
        proposal.type,
        isOpen(proposal) ? 0 : 1,
        encode(proposal),
      )
    }
    return changed.length + gone.length
  }

  const writeUpgrades = (chain: string, before: ChainState['upgrades'], after: ChainState['upgrades']): number => {
    const { changed, gone } = mapDifference(before, after)
    for (const key of gone) sql.run('DELETE FROM upgrades WHERE chain = ? AND key = ?', chain, key)
    for (const [key, upgrade] of changed) {
      sql.run(
        `INSERT INTO upgrades (chain, key, status, json) VALUES (?, ?, ?, ?)
        ON CONFLICT (chain, key) DO UPDATE SET status = excluded.status, json = excluded.json`,
        chain,
        key,
        upgrade.status,
        encode(upgrade),
      )
    }
    return changed.length + gone.length
  }

  const writeTold = (chain: string, before: ChainState['told'], after: ChainState['told']): number => {
    const { changed, gone } = mapDifference(before, after)
    for (const subject of gone) sql.run('DELETE FROM told WHERE chain = ? AND subject = ?', chain, subject)
    for (const [subject, ids] of changed) {
      sql.run(
        `INSERT INTO told (chain, subject, json) VALUES (?, ?, ?)
        ON CONFLICT (chain, subject) DO UPDATE SET json = excluded.json`,
        chain,
        subject,
        encode({ subject, ids: [...ids] }),
      )
    }
    return changed.length + gone.length
  }

  const clear = (chain: string): void => {
    sql.run('DELETE FROM proposals WHERE chain = ?', chain)
    sql.run('DELETE FROM upgrades WHERE chain = ?', chain)
    sql.run('DELETE FROM told WHERE chain = ?', chain)
  }

  return {
    load: (chain) => {
      const [found] = sql.all(jsonRow, 'SELECT json FROM chains WHERE chain = ?', chain)
      if (found === undefined) return undefined
      const proposals = sql
        .all(jsonRow, 'SELECT json FROM proposals WHERE chain = ? ORDER BY row', chain)
        .map(({ json }) => decode(proposalRow, json, where(`a proposal of ${chain}`)))
      const upgrades = sql
        .all(jsonRow, 'SELECT json FROM upgrades WHERE chain = ? ORDER BY row', chain)
        .map(({ json }) => decode(upgradeRow, json, where(`an upgrade of ${chain}`)))
      const told = sql
        .all(jsonRow, 'SELECT json FROM told WHERE chain = ? ORDER BY row', chain)
        .map(({ json }) => decode(toldRow, json, where(`what was told about ${chain}`)))
      const state: ChainState = {
        ...decode(chainRow, found.json, where(`the chain ${chain}`)),
        proposals: new Map(proposals.map((proposal) => [keyOf(proposal), proposal])),
        upgrades: new Map(upgrades.map((upgrade) => [upgrade.key, upgrade])),
        told: new Map(told.map(({ subject, ids }) => [subject, new Set(ids)])),
      }
      return { state, revision: revisionOf(chain) ?? 0, at: -Infinity }
    },

    write: (turn, known) => {
      const { state, time } = turn
      const { chain, proposals, upgrades, told, ...row } = state
      const revision = revisionOf(chain)
      const base = known?.revision === revision ? known : undefined
      if (base === undefined) clear(chain)
      const touched =
        writeProposals(chain, base?.state.proposals ?? new Map(), proposals) +
        writeUpgrades(chain, base?.state.upgrades ?? new Map(), upgrades) +
        writeTold(chain, base?.state.told ?? new Map(), told)
      if (base !== undefined && touched === 0 && !hasNews(turn, base)) return base
      const next = (revision ?? 0) + 1
      sql.run(
        `INSERT INTO chains (chain, revision, json) VALUES (?, ?, ?)
        ON CONFLICT (chain) DO UPDATE SET revision = excluded.revision, json = excluded.json`,
        chain,
        next,
        encode({ chain, ...row }),
      )
      return { state, revision: next, at: time }
    },

    chains: () => sql.all(namedRow, 'SELECT chain FROM chains ORDER BY chain').map(({ chain }) => chain),
  }
}
