import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import {
  unpackBinary,
  type Unpacked,
  unpackedKind,
  type UnpackQuestion,
} from '../../../src/preflight/archive/unpackBinary.js'
import { type Packed, tarGzOf, tarOf, zipOf } from '../../support/archives.js'
import { onPlace as it } from '../../support/onPlace.js'
import { scratch } from '../../support/scratch.js'

const containing = (text: string): unknown => expect.stringContaining(text)

const nothing: Packed = { path: 'LICENSE', content: 'free' }
const daemon: Packed = { path: 'chaind', content: 'the binary' }

interface Found {
  readonly unpacked: Unpacked
  /** What lies where the binary was to go. */
  readonly content: string | undefined
  /** All that lies beside the archive and the binary. */
  readonly others: readonly string[]
}

async function unpacked(file: Buffer, asked: Partial<UnpackQuestion> = {}): Promise<Found> {
  using place = scratch()
  const path = join(place.home, 'archive')
  const to = join(place.home, 'binary')
  writeFileSync(path, file)
  const question = { path, to, archive: 'tar.gz' as const, mostBytes: 1_000_000, daemon: 'chaind', ...asked }
  const found = await unpackBinary(question, new AbortController().signal)
  return {
    unpacked: found,
    content: existsSync(to) ? readFileSync(to, 'utf8') : undefined,
    others: readdirSync(place.home).filter((name) => name !== 'archive' && name !== 'binary'),
  }
}

// What cosmovisor 1.5 with go-getter 1.7.4 put at bin/chaind, or that it refused, each seen once with the real code.
describe('the binary of an archive is the one that cosmovisor takes', () => {
  it.each<[string, readonly Packed[], string | undefined, string | undefined]>([
    ['the only file, whatever it is called', [{ path: 'a/b/whatever', content: 'it' }], 'it', 'it'],
    ['bin/<daemon>', [{ path: 'bin/chaind', content: 'it' }, nothing], 'it', 'it'],
    ['bin/<daemon> after others', [nothing, { path: 'bin/chaind', content: 'it' }], 'it', 'it'],
    ['<daemon> at the root', [daemon, nothing], 'the binary', 'the binary'],
    ['the first file, which a tar leaves there', [nothing, daemon], 'free', 'the binary'],
    ['<daemon> at the root after a directory', [{ path: 'x/' }, nothing, daemon], 'the binary', 'the binary'],
    ['<daemon> beside a directory of its own', [{ path: './' }, { path: './chaind', content: 'it' }], 'it', 'it'],
    ['none in a directory', [{ path: 'v2/' }, { path: 'v2/chaind', content: 'it' }], undefined, undefined],
    ['none where there is none', [{ path: 'x/' }, nothing], undefined, undefined],
    ['none where there is nothing', [], undefined, undefined],
    ['none but directories', [{ path: 'x/' }], undefined, undefined],
    ['the first of the same name in a tar', [daemon, { ...daemon, content: 'other' }], 'the binary', 'other'],
  ])('%s', async (_, entries, inTar, inZip) => {
    const tar = await unpacked(tarGzOf(...entries))
    const zip = await unpacked(zipOf(...entries), { archive: 'zip' })
    expect([tar.content, zip.content]).toStrictEqual([inTar, inZip])
    expect([tar.unpacked.kind, zip.unpacked.kind]).toStrictEqual(
      [inTar, inZip].map((content) => (content === undefined ? 'unfit' : 'unpacked')),
    )
  })

  it.each<[string, string, readonly Packed[], string | undefined]>([
    ['bin/<daemon> in the directory', 'v2', [nothing, { path: 'v2/bin/chaind', content: 'it' }], 'it'],
    ['not <daemon> in the directory', 'v2/', [{ path: 'v2/' }, { path: 'v2/chaind', content: 'it' }], undefined],
    ['not the only file', 'v2', [{ path: 'v2/bin/chaind', content: 'it' }], undefined],
  ])('after two slashes it is %s', async (_, subdirectory, entries, content) => {
    const found = await unpacked(tarGzOf(...entries), { subdirectory })
    expect(found.content).toBe(content)
  })

  it('is not known where nobody knows what it is called, unless it is the only file', async () => {
    using place = scratch()
    const path = join(place.home, 'archive')
    writeFileSync(path, tarOf(nothing, daemon))
    const asked = { path, to: join(place.home, 'binary'), archive: 'tar' as const, mostBytes: 100_000 }
    const { signal } = new AbortController()
    expect(await unpackBinary(asked, signal)).toMatchObject({ kind: 'unclear' })
    writeFileSync(path, tarOf(daemon))
    expect(await unpackBinary(asked, signal)).toStrictEqual({ kind: 'unpacked', member: 'chaind' })
  })
})

describe('an archive that means harm is not taken apart', () => {
  const out = 'that leads out of its directory'
  it.each<[string, readonly Packed[], string]>([
    ['climbs out', [daemon, { path: '../evil', content: 'x' }], out],
    ['climbs out and nothing else', [{ path: '../../a/private/evil', content: 'x' }], out],
    ['climbs out by the way of Windows', [daemon, { path: 'a\\..\\..\\evil', content: 'x' }], out],
    ['begins at the root', [daemon, { path: '/etc/evil', content: 'x' }], out],
    [
      'links out of it',
      [
        { path: 'bin', kind: '2', target: '/tmp' },
        { path: 'bin/chaind', content: 'x' },
      ],
      out,
    ],
    ['links out of it step by step', [{ path: 'a/b', kind: '2', target: '../../evil' }, daemon], out],
    ['shares a file outside of it', [{ path: 'a/b', kind: '1', target: '../evil' }, daemon], out],
    [
      'has a link for a binary',
      [nothing, { path: 'bin/chaind', kind: '2', target: '../LICENSE' }],
      'a link in the place',
    ],
    ['holds a device', [daemon, { path: 'null', kind: '3' }], 'neither a file nor a directory'],
    ['holds a pipe', [daemon, { path: 'pipe', kind: '6' }], 'neither a file nor a directory'],
    ['holds a file with holes', [{ path: 'other', content: 'evil', kind: 'S' }, daemon], 'a kind that is not unpacked'],
    ['holds what nobody knows', [{ path: 'other', content: 'evil', kind: 'Z' }, daemon], 'a kind that is not unpacked'],
    [
      'holds a file with holes by a header of POSIX',
      [{ path: 'pax', content: '22 GNU.sparse.major=1\n', kind: 'x' }, daemon],
      'a file with holes',
    ],
    ['is nested without end', [daemon, { path: 'a/'.repeat(40) }], 'more than 32 deep'],
    ['has a file for a directory', [nothing, { path: 'bin', content: 'x' }, daemon], 'of the same name'],
  ])('that %s', async (_, entries, problem) => {
    const { unpacked: found, content, others } = await unpacked(tarGzOf(...entries))
    expect(found).toMatchObject({ kind: 'unfit', problem: containing(problem) })
    expect({ content, others }).toStrictEqual({ content: undefined, others: [] })
  })

  it.each<[string, readonly Packed[]]>([
    ['climbs out', [daemon, { path: '../evil', content: 'x' }]],
    ['begins at the root', [daemon, { path: '/etc/evil', content: 'x' }]],
    ['begins at a drive', [daemon, { path: 'C:\\evil', content: 'x' }]],
    ['has a link for a binary', [{ path: 'chaind', content: '../evil', kind: '2' }, nothing]],
    ['holds a device', [daemon, { path: 'null', kind: '3' }]],
  ])('nor a zip that %s', async (_, entries) => {
    const { unpacked: found, content } = await unpacked(zipOf(...entries), { archive: 'zip' })
    expect({ kind: found.kind, content }).toStrictEqual({ kind: 'unfit', content: undefined })
  })

  it('that unpacks to more than there is room for is left where that shows', async () => {
    const bomb = [{ path: 'chaind', content: Buffer.alloc(20_000_000) }]
    const packed = tarGzOf(...bomb)
    expect(packed.length).toBeLessThan(30_000)
    const found = await unpacked(packed)
    expect(found).toMatchObject({ unpacked: { problem: 'unpacks to more than 976.6 KiB' }, content: undefined })
    expect(await unpacked(zipOf(...bomb), { archive: 'zip' })).toMatchObject({
      unpacked: { problem: 'unpacks to more than 976.6 KiB' },
      content: undefined,
    })
  })

  it('that swells to a hundred times its size was made to', async () => {
    const { unpacked: found } = await unpacked(tarGzOf({ path: 'chaind', content: Buffer.alloc(20_000_000) }), {
      mostBytes: 1_000_000_000,
    })
    expect(found).toStrictEqual({ kind: 'unfit', problem: 'unpacks to more than 16 MiB' })
  })

  it('that is packed twice is not unpacked beyond that bound', async () => {
    const twice = gzipSync(tarGzOf({ path: 'chaind', content: Buffer.alloc(20_000_000) }))
    expect((await unpacked(twice)).unpacked).toStrictEqual({ kind: 'unfit', problem: 'is packed twice' })
  })

  it('of a great many entries is left after the first ten thousand', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ path: `f${index}` }))
    const { unpacked: found } = await unpacked(tarGzOf(...many), { mostBytes: 100_000_000 })
    expect(found).toStrictEqual({ kind: 'unfit', problem: 'holds more than 10000 entries' })
  })

  it.each([
    ['cut off', tarGzOf(daemon, { path: 'x', content: Buffer.alloc(10_000, 7) }).subarray(0, 60), 'tar.gz' as const],
    ['no gzip', Buffer.from('<!doctype html>'), 'tar.gz' as const],
    ['no tar', gzipSync(Buffer.from('x'.repeat(5_000))), 'tar.gz' as const],
    ['cut off in its list', zipOf(daemon, nothing).subarray(0, -30), 'zip' as const],
    ['no zip', Buffer.from('<!doctype html>'), 'zip' as const],
  ])('that is %s cannot be unpacked, and says so', async (_, file, archive) => {
    const { unpacked: found, content } = await unpacked(file, { archive })
    expect(found).toMatchObject({ kind: 'unfit', problem: containing('cannot be unpacked: ') })
    expect(content).toBeUndefined()
  })

  it.each([
    ['the binary', 0],
    ['another file', 1],
  ])('nor a zip in which %s is not what its checksum says', async (_, changed) => {
    const file = zipOf({ path: 'chaind', content: 'sound one' }, { path: 'LICENSE', content: 'sound two' })
    file.write('wrong', file.indexOf(['sound one', 'sound two'][changed] ?? ''))
    const { unpacked: found } = await unpacked(file, { archive: 'zip' })
    expect(found).toStrictEqual({
      kind: 'unfit',
      problem: 'cannot be unpacked: the checksum of an entry is not that of its content',
    })
  })

  it.each([
    ['tar.gz', tarGzOf(daemon)],
    ['zip', zipOf(daemon)],
  ] as const)('of the kind %s is not blamed for a disk of ours that takes no file', async (archive, file) => {
    await expect(unpacked(file, { archive, to: '/dev/full' })).rejects.toThrow('/dev/full')
  })

  it('ends with its abort', async ({ place: { home } }) => {
    const path = join(home, 'archive')
    writeFileSync(path, tarGzOf(daemon))
    const asked = { path, to: join(home, 'binary'), archive: 'tar.gz' as const, mostBytes: 1_000_000 }
    await expect(unpackBinary(asked, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
  })
})

it.each([
  ['tar.gz', 'tar.gz'],
  ['zip', 'zip'],
  ['tar.xz', undefined],
])('an archive %s is unpacked as %s', (archive, kind) => {
  expect(unpackedKind(archive)).toBe(kind)
})
