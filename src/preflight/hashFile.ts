import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import fs from 'fs-extra'
import type { HashType } from '../domain/readiness/plannedDownload.js'

/** The hash of a file's bytes in lower-case hex, read in pieces. */
export async function hashFile(path: string, type: HashType, signal: AbortSignal): Promise<string> {
  const hash = createHash(type)
  await pipeline(fs.createReadStream(path), hash, { signal })
  return hash.digest('hex')
}
