import { createHash, randomUUID } from 'node:crypto'
import { lstat, opendir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isAliveHere } from '../../../store/file/isAliveHere.js'
import type { DataDirectory } from './withDataDirectory.js'

// A process that was killed may leave a temporary file. Its name identifies the process by host, process id and a
// random run id, because every process in a container may have the same process id.
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const here = randomUUID().slice(0, 8)
const pattern =
  /^\.upgrade-info\.json\.(?:(?<host>[0-9a-f]{8})-(?<pid>\d{1,10})-(?<here>[0-9a-f]{8})-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/**
 * Age in milliseconds after which a file is removed even if its process may be alive. No write takes that long.
 */
const oldMs = 600_000
// Maximum number of directory entries checked. A directory may hold anything; what is missed is found the next time.
const maxNames = 10_000

/** A name in the data directory that no other process uses. */
export function tempName(pid = process.pid): string {
  return `.upgrade-info.json.${host}-${pid}-${here}-${randomUUID()}.tmp`
}

/** Removes temporary files that killed processes of govstream left behind. Recent files of live processes stay. */
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
