import { createHash, randomUUID } from 'node:crypto'
import { lstat, opendir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isAliveHere } from '../../../store/file/isAliveHere.js'
import type { DataDirectory } from './withDataDirectory.js'

// A process that was killed may leave a temp file. Its name says whose it is: host, process, and which of the
// processes that had this id, as containers give every process the same one.
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const here = randomUUID().slice(0, 8)
const pattern =
  /^\.upgrade-info\.json\.(?:(?<host>[0-9a-f]{8})-(?<pid>\d{1,10})-(?<here>[0-9a-f]{8})-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/** Whose process cannot be asked is left alone for this long; no writing takes so much time. Milliseconds. */
const oldMs = 600_000
// A directory may hold anything; ours is found among the first names or the next time.
const maxNames = 10_000

/** A name in the data directory that no other process gives. */
export function tempName(pid = process.pid): string {
  return `.upgrade-info.json.${host}-${pid}-${here}-${randomUUID()}.tmp`
}

/** Removes the temp files that killed processes of ours left behind. A file that is in use, or not ours, stays. */
export async function sweepTempFiles(directory: DataDirectory, now: number): Promise<void> {
  let seen = 0
  for await (const { name } of await opendir(directory.at('.'))) {
    if (++seen > maxNames) return
    const owner = pattern.exec(name)?.groups
    if (owner === undefined) continue
    const stats = await lstat(directory.at(name)).catch(() => undefined)
    if (stats?.isFile() !== true) continue
    if (isDead(owner) || now - stats.mtimeMs > oldMs) await unlink(directory.at(name)).catch(() => undefined)
  }
}

function isDead({ host: theirs, pid, here: run }: Readonly<Record<string, string | undefined>>): boolean {
  if (theirs !== host || pid === undefined) return false
  return Number(pid) === process.pid ? run !== here : !isAliveHere(Number(pid))
}
