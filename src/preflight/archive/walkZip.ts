import { addAbortSignal } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, getFileNameLowLevel, openPromise } from 'yauzl'
import type { ArchiveEntry } from '../../domain/readiness/archiveMember.js'
import { byteText } from '../../domain/text/byteText.js'
import { ArchiveError } from './ArchiveError.js'
import type { ArchiveWalk } from './ArchiveWalk.js'
import { writeContent } from './writeContent.js'

/**
 * Reads a zip. Writes only what `visit` asks for. Rejects if any entry is damaged, because cosmovisor unpacks all of
 * them.
 */
export async function walkZip({ path, mostBytes, signal, visit }: ArchiveWalk): Promise<void> {
  const archive = await openPromise(path, { lazyEntries: true, decodeStrings: false, autoClose: false })
  let size = 0
  try {
    for await (const entry of archive.eachEntry()) {
      signal.throwIfAborted()
      size += entry.uncompressedSize
      if (size > mostBytes) throw new ArchiveError(`unpacks to more than ${byteText(mostBytes)}`)
      const found = entryOf(entry)
      const to = visit(found)
      if (found.kind === 'directory') continue
      if (!entry.canDecodeFileData()) throw new ArchiveError('is packed in a way that is not unpacked here')
      // The stream never gives more than the size that the entry announces.
      const content = intact(entry, addAbortSignal(signal, await archive.openReadStreamPromise(entry)))
      await (to === undefined ? readThrough(content) : writeContent(to, content))
    }
  } finally {
    archive.close()
  }
}

/** Yields the content of an entry and throws at its end if the checksum differs. As in Go, 0 means no checksum. */
async function* intact(entry: Entry, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let sum = 0
  for await (const chunk of content) {
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (entry.crc32 !== 0 && entry.crc32 !== sum)
    throw new ArchiveError('cannot be unpacked: the checksum of an entry is not that of its content')
}

async function readThrough(content: AsyncIterable<Buffer>): Promise<void> {
  const chunks = content[Symbol.asyncIterator]()
  while ((await chunks.next()).done !== true);
}

// The Unix mode is in the upper half of the attributes; its upper bits are the type of the file.
const kindBits = 0o170000
const linkBits = 0o120000
const fileBits = 0o100000
const directoryBits = 0o040000

function entryOf(entry: Entry): ArchiveEntry {
  const path = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
  const bits = (entry.externalFileAttributes >>> 16) & kindBits
  if (path.endsWith('/') || bits === directoryBits) return { path, kind: 'directory', size: 0 }
  if (bits === linkBits) return { path, kind: 'link', size: 0 }
  return { path, kind: bits === 0 || bits === fileBits ? 'file' : 'special', size: entry.uncompressedSize }
}
