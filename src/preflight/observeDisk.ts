import { statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import fs from 'fs-extra'
import { reasonOf } from '../domain/errors.js'
import type { DiskFacts } from '../domain/readiness/judgeSurroundings.js'

// Maximum number of directory entries that are counted. The database of a node has about ten thousand files.
const maxEntries = 200_000

/**
 * Measures the free space on the disk of a home, and the size of its data. Unreadable parts of the data are not
 * counted. The size is absent if the directory is too large, or the disk too slow for `signal`. Never rejects.
 */
export async function observeDisk(home: string, signal: AbortSignal): Promise<DiskFacts> {
  const base = resolve(home)
  try {
    const { bavail, bsize } = await statfs(base)
    const dataSize = await sizeOf(join(base, 'data'), signal)
    return { home: base, free: bavail * bsize, ...(dataSize !== undefined && { dataSize }) }
  } catch (cause) {
    return { home: base, reason: reasonOf(cause) }
  }
}

/** Returns the bytes on disk of all files below a directory; links are not followed. */
async function sizeOf(directory: string, signal: AbortSignal): Promise<number | undefined> {
  const open = [directory]
  let size = 0
  let entries = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const listed = await fs.readdir(next, { withFileTypes: true }).catch(() => [])
    for (const entry of listed) {
      entries += 1
      if (entries > maxEntries || signal.aborted) return undefined
      const path = join(next, entry.name)
      if (entry.isDirectory()) open.push(path)
      else
        size += await fs.lstat(path).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        )
    }
  }
  return size
}
