import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
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

/** Fetches what comes in these parts, one an answer, and tells what was asked for. */
async function fetched(home: string, ...parts: readonly Part[]) {
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
  const facts: Fetched | DownloadFacts = await fetchDownload({ open, url, path, hash: 'sha256', room: 1_000, signal })
  return { asked, facts, text: readFileSync(path, 'utf8') }
}

const whole = { kind: 'came', size: 10, hash: createHash('sha256').update('0123456789').digest('hex') }
const nothing = { headers: { 'content-range': 'bytes 4-9/10', etag: '"1"' }, bytes: '', cut: true }
const first = { headers: { 'content-length': '10', etag: '"1"' }, bytes: '0123', cut: true }

describe('a download that is cut off', () => {
  it('is gone on with where it ended', async ({ place: { home } }) => {
    const headers = { 'content-range': 'bytes 4-9/10', etag: '"1"' }
    const { asked, facts, text } = await fetched(home, first, { status: 206, headers, bytes: '456789' })
    expect({ asked, facts, text }).toStrictEqual({ asked: [undefined, 'bytes=4-'], facts: whole, text: '0123456789' })
  })

  it.each([
    ['is another file by now', 206, { 'content-range': 'bytes 4-9/10', etag: '"2"' }],
    ['is given from another place', 206, { 'content-range': 'bytes 0-9/10', etag: '"1"' }],
    ['is given whole', 200, { 'content-length': '10' }],
  ])('is begun anew where it %s', async (_, status, headers) => {
    using place = scratch()
    const { facts, text } = await fetched(place.home, first, { status, headers, bytes: '0123456789' })
    expect({ facts, text }).toStrictEqual({ facts: whole, text: '0123456789' })
  })

  it('is given up where nothing more comes', async ({ place: { home } }) => {
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
