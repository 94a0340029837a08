import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import Database from 'libsql'
import type { ChainState } from '../src/domain/chainState.js'
import { keyOf, type Proposal } from '../src/domain/proposals/proposal.js'
import { touchedBetween } from '../src/domain/touchedBetween.js'
import { openStore } from '../src/store/openStore.js'
import { announcement, holding, proposal, state, turn } from '../test/support/storeGiven.js'
import { compare, type Row } from './measure.js'
import { runNode } from './runNode.js'

const sizes = [1_000, 10_000, 100_000]
const outboxes = [100, 10_000, 100_000]
const auditRowsEach = 10
const text = 'What it is for. '.repeat(320)
const rounds = 5
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const builtStore = new URL('../dist/store/openStore.js', import.meta.url).href
const engine = pathToFileURL(fileURLToPath(import.meta.resolve('libsql'))).href
const nobody = (): readonly string[] => []

/**
 * Measures the state of one chain at several sizes, with texts of 5 kB and all but ten proposals closed: a start, a
 * commit, a read and a delivery, each compared with the minimum that SQLite or a bare Node takes for it.
 */
export async function benchStore(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const size of sizes) rows.push(...(await benchSize(size)))
  for (const size of outboxes) rows.push(...(await benchOutbox(size)))
  return rows
}

async function benchSize(size: number): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  const path = join(directory, 'a.db')
  try {
    makeState(path, size)
    return [...(await benchOpened(path, size)), ...(await benchCommands(path, size)), benchResident(path, size)]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function proposalAt(index: number, size: number): Proposal {
  const block = BigInt(index)
  const base = { description: text, origin: { block, hash: '0x', index: 0 }, readAt: block }
  if (index >= size - 10) return proposal(String(index), base)
  return proposal(String(index), { ...base, status: 'executed', closedAt: { block, timestamp: block } })
}

function makeState(path: string, size: number): void {
  const store = openStore({ path })
  const proposals = holding(...Array.from({ length: size }, (_, index) => proposalAt(index, size)))
  store.commit(turn({ state: state({ proposals, proposalsReadTo: BigInt(size) + 1_000n }) }), nobody)
  store.close()
  const raw = new Database(path)
  raw.exec('BEGIN')
  const insert = raw.prepare(`INSERT INTO audit (at, chain, kind, detail) VALUES (?, 'local', 'change', '{}')`)
  for (let at = 0; at < size * auditRowsEach; at += 1) insert.run(at)
  raw.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
  raw.close()
}

/** Measures opening, resuming, and committing one tally. */
async function benchOpened(path: string, size: number): Promise<readonly Row[]> {
  const bare = (): Database.Database => {
    const raw = new Database(path)
    raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    return raw
  }
  const [opened, openedBare] = await compare(
    rounds,
    () => openStore({ path }).close(),
    () => bare().close(),
  )
  const store = openStore({ path })
  const raw = bare()
  const some = raw.prepare('SELECT json FROM proposals WHERE chain = ? ORDER BY row DESC LIMIT 74')
  const [resumed, resumedBare] = await compare(
    rounds,
    () => store.resume('local'),
    () => some.all('local').map((row: unknown) => JSON.stringify(row).length),
  )
  let before = store.resume('local')!
  const update = raw.prepare('UPDATE proposals SET json = json WHERE chain = ? AND key = ?')
  const touch = raw.prepare('INSERT INTO sync_requests (at, done) VALUES (0, 1)')
  let yes = 0n
  const [committed, committedBare] = await compare(
    20,
    () => {
      const last = proposalAt(size - 1, size)
      yes += 1n
      const voted = { ...last, tally: { yes, no: 0n, abstain: 0n, unit: 'votes' } }
      const after: ChainState = { ...before, proposals: new Map(before.proposals).set(keyOf(last), voted) }
      const touched = touchedBetween(before, after)
      const change = { type: 'tallyMoved', proposal: voted, chain: 'local', at: yes, time: yes } as const
      store.commit({ ...turn({ state: after, changes: [change] }), touched }, nobody)
      before = after
    },
    () => {
      raw.exec('BEGIN IMMEDIATE')
      update.run('local', keyOf(proposalAt(size - 1, size)))
      touch.run()
      raw.exec('COMMIT')
    },
  )
  store.close()
  raw.close()
  return [
    rowOf(`open a state of ${size} proposals`, 'ms', opened?.median, openedBare?.median),
    rowOf(`resume a chain of ${size} proposals`, 'ms', resumed?.median, resumedBare?.median),
    rowOf(`commit of one tally among ${size} proposals`, 'ms', committed?.median, committedBare?.median),
  ]
}

/** Measures whole processes: what a reading command costs its user. */
async function benchCommands(path: string, size: number): Promise<readonly Row[]> {
  const command = (...args: readonly string[]) => runNode([program, ...args, '--state', path])
  const [status, list, bare] = await compare(
    rounds,
    () => command('status'),
    () => command('proposals', '--json'),
    () => runNode(['--eval', '0']),
  )
  const bareMb = runNode(['--eval', '0'])
  return [
    rowOf(`status of ${size} proposals, whole process`, 'ms', status?.median, bare?.median, 2.2),
    rowOf(`status of ${size} proposals, resident`, 'MB', command('status'), bareMb),
    rowOf(`proposals --json of ${size} proposals, whole process`, 'ms', list?.median, bare?.median),
    rowOf(`proposals --json of ${size} proposals, resident`, 'MB', command('proposals', '--json'), bareMb),
  ]
}

/** What a process holds that has resumed the chain, beside one that has the file open. */
function benchResident(path: string, size: number): Row {
  const module = (text: string): number => runNode(['--input-type=module', '--eval', text])
  const ours = module(
    `import { openStore } from '${builtStore}'; const store = openStore({ path: '${path}' }); globalThis.kept = store.resume('local'); store.close()`,
  )
  const baseline = module(
    `import Database from '${engine}'; const raw = new Database('${path}'); raw.prepare('SELECT count(*) FROM chains').all(); raw.close()`,
  )
  return rowOf(`a chain of ${size} proposals of 5 kB in memory, resident`, 'MB', ours, baseline)
}

/** Looking up what is due next, with so many pending, beside reading one row by its number. */
async function benchOutbox(size: number): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  const path = join(directory, 'a.db')
  const store = openStore({ path })
  const announcements = Array.from({ length: size }, (_, index) => announcement(String(index)))
  store.commit(turn({ announcements }), () => ['log'])
  const raw = new Database(path)
  const one = raw.prepare(
    'SELECT json FROM outbox JOIN notifications ON notifications.row = outbox.notification WHERE outbox.row = ?',
  )
  const each = 100
  const [due, bare] = await compare(
    rounds,
    () => {
      store.due(2_000, each, 'log')
      store.nextDue('log')
      store.waitingHandlers()
    },
    () => {
      for (let row = 1; row <= each; row += 1) one.all(row)
    },
  )
  store.close()
  raw.close()
  rmSync(directory, { recursive: true })
  return [
    rowOf(
      `one delivery with ${size} pending: what is due`,
      'ms',
      (due?.median ?? 0) / each,
      (bare?.median ?? 0) / each,
    ),
  ]
}

function rowOf(name: string, unit: string, ours = Number.NaN, baseline = Number.NaN, goal?: number): Row {
  return { name, unit, ours, baseline, ratio: ours / baseline, ...(goal !== undefined && { goal }), details: {} }
}
