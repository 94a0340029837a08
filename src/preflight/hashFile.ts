import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import fs from 'fs-extra'
import type { HashType } from '../domain/readiness/plannedDownload.js'

/** Computes the hash of a file in lower-case hex, as a stream. */
export async function hashFile(path: string, type: HashType, signal: AbortSignal): Promise<string> {
  const hash = createHash(type)
  await pipeline(fs.createReadStream(path), hash, { signal })
  return hash.digest('hex')
}
