import { open } from 'node:fs/promises'
import { formatBytes } from '../domain/readiness/binaryFormat.js'

/** Reads as much of a file as is needed to recognize its format. */
export async function beginningOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(formatBytes), 0, formatBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
