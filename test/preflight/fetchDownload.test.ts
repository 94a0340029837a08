import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { defined } from '../../src/domain/defined.js'
import { type Fetched, fetchDownload } from '../../src/preflight/fetchDownload.js'
import type { DownloadFacts } from '../../src/domain/readiness/downloadFacts.js'
import type { OpenDownload } from '../../src/transport/createDownloader.js'
import { DownloadError } from '../../src/transport/DownloadError.js'
import { scratch } from '../support/scratch.js'
import { onPlace as it } from '../support/onPlace.js'

interface Part {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly bytes: string
  readonly cut?: boolean
}

/** Fetches a file that comes in these parts, one per answer, and returns the requested ranges. */
async function fetched(home: string, ...parts: readonly Part[]) {
  return fetchedAs(home, undefined, ...parts)
}

/** The same for a file with a known hash. */
async function fetchedAs(home: string, expected: string | undefined, ...parts: readonly Part[]) {
  const asked: (string | undefined)[] = []
  const open: OpenDownload = (url, { range }) => {
    const { status = 200, headers = {}, bytes, cut = false } = parts[asked.length] ?? { bytes: '', cut: true }
    asked.push(range)
    async function* body(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(bytes))
      if (cut) throw new DownloadError('unreachable', 'the connection was cut')
    }
    return Promise.resolve({
      url,
      status,
      header: (name) => headers[name],
      body: body(),
      close: () => Promise.resolve(),
    })
  }
  const path = join(home, 'download')
  const { signal } = new AbortController()
  const url = new URL('https://a.example/')
  const options = { open, url, path, hash: 'sha256' as const, room: 1_000, signal, ...defined({ expected }) }
  const facts: Fetched | DownloadFacts = await fetchDownload(options)
  return { asked, facts, text: readFileSync(path, 'utf8') }
}

const whole = { kind: 'came', size: 10, hash: createHash('sha256').update('0123456789').digest('hex') }
const nothing = { headers: { 'content-range': 'bytes 4-9/10', etag: '"1"' }, bytes: '', cut: true }
const first = { headers: { 'content-length': '10', etag: '"1"' }, bytes: '0123', cut: true }

describe('a download that is cut off', () => {
  it('resumes where it ended', async ({ place: { home } }) => {
    const headers = { 'content-range': 'bytes 4-9/10', etag: '"1"' }
    const { asked, facts, text } = await fetched(home, first, { status: 206, headers, bytes: '456789' })
    expect({ asked, facts, text }).toStrictEqual({ asked: [undefined, 'bytes=4-'], facts: whole, text: '0123456789' })
  })

  it.each([
    ['is served from its start', { status: 206, headers: { 'content-range': 'bytes 0-9/10', etag: '"1"' } }],
    ['is served in full', { status: 200, headers: { 'content-length': '10' } }],
  ])('starts again if it %s', async (_, part) => {
    using place = scratch()
    const { facts, text } = await fetched(place.home, first, { ...part, bytes: '0123456789' })
    expect({ facts, text }).toStrictEqual({ facts: whole, text: '0123456789' })
  })

  it.each([
    ['has changed since', { 'content-range': 'bytes 4-9/10', etag: '"2"' }],
    ['has another length since', { 'content-range': 'bytes 4-10/11', etag: '"1"' }],
    ['is served from another offset', { 'content-range': 'bytes 3-9/10', etag: '"1"' }],
  ])('is requested in full if it %s', async (_, headers) => {
    using place = scratch()
    const other = { status: 206, headers, bytes: 'abcdef' }
    const { asked, facts, text } = await fetched(place.home, first, other, { bytes: '0123456789' })
    expect({ asked, facts, text }).toStrictEqual({
      asked: [undefined, 'bytes=4-', undefined],
      facts: whole,
      text: '0123456789',
    })
  })

  it('starts again if its date shows that the file has changed', async ({ place: { home } }) => {
    const dated = { headers: { 'content-length': '10', 'last-modified': 'Mon' }, bytes: '0123', cut: true }
    const headers = { 'content-range': 'bytes 4-9/10', 'last-modified': 'Tue' }
    const other = { status: 206, headers, bytes: 'abcdef' }
    expect((await fetched(home, dated, other, { bytes: '0123456789' })).text).toBe('0123456789')
  })

  it('is complete if the server says that there are no more bytes', async ({ place: { home } }) => {
    const all = { bytes: '0123456789', cut: true }
    const { facts, asked } = await fetched(home, all, {
      status: 416,
      headers: { 'content-range': 'bytes */10' },
      bytes: '',
    })
    expect({ facts, asked }).toStrictEqual({ facts: whole, asked: [undefined, 'bytes=10-'] })
  })

  it('starts again if the file has become shorter', async ({ place: { home } }) => {
    const longer = { bytes: 'a longer one', cut: true }
    const none = { status: 416, headers: { 'content-range': 'bytes */10' }, bytes: '' }
    const { facts, asked } = await fetched(home, longer, none, { bytes: '0123456789' })
    expect({ facts, asked }).toStrictEqual({ facts: whole, asked: [undefined, 'bytes=12-', undefined] })
  })

  it('counts against the plan only if it came in one piece', async ({ place: { home } }) => {
    const rest = { status: 206, headers: { 'content-range': 'bytes 4-9/10' }, bytes: 'abcdef' }
    const before = { headers: { 'content-length': '10' }, bytes: '0123', cut: true }
    expect(await fetchedAs(home, whole.hash, before, rest, { bytes: '0123456789' })).toStrictEqual({
      asked: [undefined, 'bytes=4-', undefined],
      facts: whole,
      text: '0123456789',
    })
  })

  it('reports an unexpected failure of the request as such, not as a disk error', async ({ place: { home } }) => {
    const open: OpenDownload = () => Promise.reject(new TypeError('fetch failed'))
    const url = new URL('https://a.example/')
    const { signal } = new AbortController()
    const options = { open, url, path: join(home, 'download'), hash: 'sha256' as const, room: 1_000, signal }
    expect(await fetchDownload(options)).toStrictEqual({ kind: 'silent', problem: 'fetch failed' })
  })

  it('is given up if no more bytes come', async ({ place: { home } }) => {
    const { asked, facts } = await fetched(home, first, { ...nothing, status: 206 })
    expect(facts).toStrictEqual({ kind: 'truncated', size: 4, announced: 10 })
    expect(asked).toHaveLength(2)
  })

  it('is given up after five tries', async ({ place: { home } }) => {
    const part = (at: number): Part => ({
      status: 206,
      headers: { 'content-range': `bytes ${at}-9/10`, etag: '"1"' },
      bytes: 'x',
      cut: true,
    })
    const parts = Array.from({ length: 9 }, (_, at) => part(at))
    expect((await fetched(home, ...parts)).facts).toStrictEqual({ kind: 'truncated', size: 5, announced: 10 })
  })
})
