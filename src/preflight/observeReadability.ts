import { join, resolve } from 'node:path'
import type { Stats } from 'node:fs'
import fs from 'fs-extra'

/**
 * Returns the first path on the way to `<home>/data/upgrade-info.json`, or the file itself, that the owner of the home
 * cannot access; `undefined` if there is none, or the file does not exist yet. Never rejects.
 */
export async function observeReadability(home: string): Promise<string | undefined> {
  const base = resolve(home)
  const owner = await fs.stat(base).catch(() => undefined)
  if (owner === undefined || owner.uid === 0) return undefined
  const data = join(base, 'data')
  const file = join(data, 'upgrade-info.json')
  // Passing through a directory needs its execute bit.
  for (const [path, bit] of [
    [base, 1],
    [data, 1],
    [file, 4],
  ] as const) {
    const stats = await fs.stat(path).catch(() => undefined)
    if (stats !== undefined && !has(stats, owner, bit)) return path
  }
  return undefined
}

function has({ mode, uid, gid }: Stats, owner: Stats, bit: number): boolean {
  const shift = uid === owner.uid ? 6 : gid === owner.gid ? 3 : 0
  return ((mode >> shift) & bit) !== 0
}
