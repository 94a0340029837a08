import { createReadStream } from 'node:fs'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { defined } from '../../domain/defined.js'
import type { ArchiveEntry } from '../../domain/readiness/archiveMember.js'
import { byteText } from '../../domain/text/byteText.js'
import { ArchiveError } from './ArchiveError.js'
import type { ArchiveWalk } from './ArchiveWalk.js'
import { writeContent } from './writeContent.js'

/** Reads a tar, or a gzipped one. Writes only what `visit` asks for. Rejects if the archive is damaged. */
export async function walkTar({ path, mostBytes, signal, visit }: ArchiveWalk, isZipped: boolean): Promise<void> {
  const unpacking = isZipped ? createGunzip() : new PassThrough()
  let failure: unknown
  const parsing = async (plain: AsyncIterable<Buffer>): Promise<void> => {
    try {
      await parse(plain, visit)
    } catch (cause) {
      failure = cause
      throw cause
    }
  }
  try {
    await pipeline(
      createReadStream(path),
      unpacking,
      (chunks: AsyncIterable<Buffer>) => bounded(chunks, mostBytes),
      parsing,
      { signal },
    )
  } catch (cause) {
    // The pipeline may report the failure of a stream that it destroyed, and not the first cause.
    throw failure ?? cause
  }
}

async function parse(plain: AsyncIterable<Buffer>, visit: ArchiveWalk['visit']): Promise<void> {
  const parser = new Parser({ strict: true, zstd: false })
  const writes: Promise<void>[] = []
  const failed = new Promise<never>((_, reject) => {
    parser.on('error', reject)
    // Other programs may read such an entry as a file, or its content as another one, so what they would run is
    // unknown.
    parser.on('ignoredEntry', () => reject(new ArchiveError('holds an entry of a kind that is not unpacked here')))
    parser.on('meta', (text: string) => {
      if (text.includes('GNU.sparse.')) reject(new ArchiveError('holds a file with holes, which is not unpacked here'))
    })
    parser.on('entry', (entry: ReadEntry) => {
      try {
        const to = visit(entryOf(entry))
        if (to === undefined) entry.resume()
        else writes.push(writeContent(to, entry).catch(reject))
      } catch (cause) {
        reject(cause instanceof Error ? cause : new Error(String(cause)))
      }
    })
  })
  // The promise is awaited below, but not at every moment; this avoids an unhandled rejection.
  failed.catch(() => undefined)
  for await (const chunk of plain) await Promise.race([failed, parser.write(chunk) ? undefined : once(parser, 'drain')])
  const ended = once(parser, 'end')
  parser.end()
  await Promise.race([failed, ended])
  await Promise.race([failed, Promise.all(writes)])
}

function entryOf({ path, type, size, linkpath }: ReadEntry): ArchiveEntry {
  switch (type) {
    case 'Directory':
    case 'GNUDumpDir':
      return { path, kind: 'directory', size: 0 }
    case 'SymbolicLink':
      return { path, kind: 'link', size: 0, ...defined({ target: linkpath }) }
    case 'Link':
      return { path, kind: 'link', size: 0, isHard: true, ...defined({ target: linkpath }) }
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return { path, kind: 'file', size }
    default:
      return { path, kind: 'special', size: 0 }
  }
}

/** Passes at most `mostBytes` on, and rejects nested gzip, because the parser would unpack that without a limit. */
async function* bounded(chunks: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Buffer> {
  let size = 0
  let head = Buffer.alloc(0)
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > mostBytes) throw new ArchiveError(`unpacks to more than ${byteText(mostBytes)}`)
    const isBegun = head.byteLength >= 2
    if (!isBegun) head = Buffer.concat([head, chunk])
    if (head.byteLength < 2) continue
    if (head.readUInt16BE(0) === 0x1f8b) throw new ArchiveError('is packed twice')
    yield isBegun ? chunk : head
  }
}
