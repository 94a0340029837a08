import { statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import fs from 'fs-extra'
import { reasonOf } from '../domain/errors.js'
import type { DiskFacts } from '../domain/readiness/judgeSurroundings.js'

// A database of a node has some ten thousand files.
const maxEntries = 200_000

/**
 * How much is free on the disk of a home, and how much its data takes. What cannot be read of the data is left out; a
 * directory that is too large, or a disk that is too slow for `signal`, has no size. Never rejects.
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

/** Bytes on disk of all files below a directory; links are not followed. */
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
