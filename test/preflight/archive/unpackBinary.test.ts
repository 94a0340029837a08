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
  /** The content at the path of the binary. */
  readonly content: string | undefined
  /** All other files beside the archive and the binary. */
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

// What cosmovisor 1.5 with go-getter 1.7.4 put at bin/chaind, or that it refused: each seen once with the real code.
describe('the binary of an archive is the one that cosmovisor takes', () => {
  it.each<[string, readonly Packed[], string | undefined, string | undefined]>([
    ['the only file, whatever its name', [{ path: 'a/b/whatever', content: 'it' }], 'it', 'it'],
    ['bin/<daemon>', [{ path: 'bin/chaind', content: 'it' }, nothing], 'it', 'it'],
    ['bin/<daemon> after others', [nothing, { path: 'bin/chaind', content: 'it' }], 'it', 'it'],
    ['<daemon> at the root', [daemon, nothing], 'the binary', 'the binary'],
    ['the first file, which a tar leaves there', [nothing, daemon], 'free', 'the binary'],
    ['<daemon> at the root after a directory', [{ path: 'x/' }, nothing, daemon], 'the binary', 'the binary'],
    [
      '<daemon> next to an entry for its own directory',
      [{ path: './' }, { path: './chaind', content: 'it' }],
      'it',
      'it',
    ],
    ['none in a directory', [{ path: 'v2/' }, { path: 'v2/chaind', content: 'it' }], undefined, undefined],
    ['none if no file has the name', [{ path: 'x/' }, nothing], undefined, undefined],
    ['none if it is empty', [], undefined, undefined],
    ['none if it has only directories', [{ path: 'x/' }], undefined, undefined],
    ['the first of two with the same name in a tar', [daemon, { ...daemon, content: 'other' }], 'the binary', 'other'],
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
  ])('with a subdirectory after two slashes it is %s', async (_, subdirectory, entries, content) => {
    const found = await unpacked(tarGzOf(...entries), { subdirectory })
    expect(found.content).toBe(content)
  })

  it('is unclear if its name is unknown, unless it is the only file', async () => {
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

describe('a malicious archive is not unpacked', () => {
  const out = 'that leads out of its directory'
  it.each<[string, readonly Packed[], string]>([
    ['leads out of its directory', [daemon, { path: '../evil', content: 'x' }], out],
    ['leads out of its directory and holds nothing else', [{ path: '../../a/private/evil', content: 'x' }], out],
    ['leads out of its directory with backslashes', [daemon, { path: 'a\\..\\..\\evil', content: 'x' }], out],
    ['has an absolute path', [daemon, { path: '/etc/evil', content: 'x' }], out],
    [
      'links out of its directory',
      [
        { path: 'bin', kind: '2', target: '/tmp' },
        { path: 'bin/chaind', content: 'x' },
      ],
      out,
    ],
    [
      'links out of its directory through several levels',
      [{ path: 'a/b', kind: '2', target: '../../evil' }, daemon],
      out,
    ],
    ['has a hard link to a file outside', [{ path: 'a/b', kind: '1', target: '../evil' }, daemon], out],
    [
      'has a link as the binary',
      [nothing, { path: 'bin/chaind', kind: '2', target: '../LICENSE' }],
      'a link in the place',
    ],
    ['holds a device', [daemon, { path: 'null', kind: '3' }], 'neither a file nor a directory'],
    ['holds a pipe', [daemon, { path: 'pipe', kind: '6' }], 'neither a file nor a directory'],
    ['holds a sparse file', [{ path: 'other', content: 'evil', kind: 'S' }, daemon], 'a kind that is not unpacked'],
    [
      'holds an entry of an unknown kind',
      [{ path: 'other', content: 'evil', kind: 'Z' }, daemon],
      'a kind that is not unpacked',
    ],
    [
      'holds a sparse file by a POSIX header',
      [{ path: 'pax', content: '22 GNU.sparse.major=1\n', kind: 'x' }, daemon],
      'a file with holes',
    ],
    ['is nested too deeply', [daemon, { path: 'a/'.repeat(40) }], 'more than 32 deep'],
    ['has a file in place of a directory', [nothing, { path: 'bin', content: 'x' }, daemon], 'of the same name'],
  ])('that %s', async (_, entries, problem) => {
    const { unpacked: found, content, others } = await unpacked(tarGzOf(...entries))
    expect(found).toMatchObject({ kind: 'unfit', problem: containing(problem) })
    expect({ content, others }).toStrictEqual({ content: undefined, others: [] })
  })

  it.each<[string, readonly Packed[]]>([
    ['leads out of its directory', [daemon, { path: '../evil', content: 'x' }]],
    ['has an absolute path', [daemon, { path: '/etc/evil', content: 'x' }]],
    ['has a drive letter', [daemon, { path: 'C:\\evil', content: 'x' }]],
    ['has a link as the binary', [{ path: 'chaind', content: '../evil', kind: '2' }, nothing]],
    ['holds a device', [daemon, { path: 'null', kind: '3' }]],
  ])('nor a zip that %s', async (_, entries) => {
    const { unpacked: found, content } = await unpacked(zipOf(...entries), { archive: 'zip' })
    expect({ kind: found.kind, content }).toStrictEqual({ kind: 'unfit', content: undefined })
  })

  it('that unpacks to more than there is room for is stopped at the limit', async () => {
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

  it('that is compressed more than a hundredfold is refused', async () => {
    const { unpacked: found } = await unpacked(tarGzOf({ path: 'chaind', content: Buffer.alloc(20_000_000) }), {
      mostBytes: 1_000_000_000,
    })
    expect(found).toStrictEqual({ kind: 'unfit', problem: 'unpacks to more than 16 MiB' })
  })

  it('that is compressed twice is not unpacked', async () => {
    const twice = gzipSync(tarGzOf({ path: 'chaind', content: Buffer.alloc(20_000_000) }))
    expect((await unpacked(twice)).unpacked).toStrictEqual({ kind: 'unfit', problem: 'is packed twice' })
  })

  it('with too many entries is stopped after ten thousand', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ path: `f${index}` }))
    const { unpacked: found } = await unpacked(tarGzOf(...many), { mostBytes: 100_000_000 })
    expect(found).toStrictEqual({ kind: 'unfit', problem: 'holds more than 10000 entries' })
  })

  it.each([
    ['cut off', tarGzOf(daemon, { path: 'x', content: Buffer.alloc(10_000, 7) }).subarray(0, 60), 'tar.gz' as const],
    ['not gzip', Buffer.from('<!doctype html>'), 'tar.gz' as const],
    ['not a tar', gzipSync(Buffer.from('x'.repeat(5_000))), 'tar.gz' as const],
    ['cut off in its directory', zipOf(daemon, nothing).subarray(0, -30), 'zip' as const],
    ['not a zip', Buffer.from('<!doctype html>'), 'zip' as const],
  ])('that is %s leads to a message', async (_, file, archive) => {
    const { unpacked: found, content } = await unpacked(file, { archive })
    expect(found).toMatchObject({ kind: 'unfit', problem: containing('cannot be unpacked: ') })
    expect(content).toBeUndefined()
  })

  it.each([
    ['the binary', 0],
    ['another file', 1],
  ])('nor a zip in which %s does not match its checksum', async (_, changed) => {
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
  ] as const)('of type %s is not blamed for an error of the local disk', async (archive, file) => {
    await expect(unpacked(file, { archive, to: '/dev/full' })).rejects.toThrow('/dev/full')
  })

  it('is no longer unpacked once it is aborted', async ({ place: { home } }) => {
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
