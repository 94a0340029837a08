import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { dirname, join } from 'node:path'
import { describe, expect, it as plain, onTestFinished, vi } from 'vitest'
import type { Check } from '../../src/domain/readiness/check.js'
import { judgeDownload } from '../../src/domain/readiness/judgeDownload.js'
import { machineOf } from '../../src/domain/readiness/machine.js'
import { downloadFor } from '../../src/domain/readiness/plannedDownload.js'
import { withDownload } from '../../src/preflight/withDownload.js'
import { createDownloader } from '../../src/transport/createDownloader.js'
import { tarGzOf, zipOf } from '../support/archives.js'
import { elf, machO } from '../support/executables.js'
import { untilDone } from '../support/fixtures.js'
import { temporaryDirectory } from '../support/storeGiven.js'
import { authority, type DownloadServer, partsOf, startDownloadServer } from '../support/servers/downloadServer.js'

const it = plain.extend('server', { scope: 'file' }, ({}, cleaning) => untilDone(startDownloadServer(), cleaning))
const machine = machineOf(process.platform, process.arch)
const binary = Buffer.from(`#!/bin/sh\necho v2.0.0\n${'# '.repeat(5_000)}`)
const sha256Of = (file: Buffer): string => createHash('sha256').update(file).digest('hex')
const sha256 = sha256Of(binary)
const other = machine.os === 'linux' ? machO() : elf()

interface Asking {
  readonly fetches?: boolean
  readonly limitMs?: number
  readonly mostBytes?: number
  readonly daemon?: string
}

// In these tests 127.0.0.1 stands for the internet, and all other addresses for the private network.
const open = createDownloader({
  allowPrivate: false,
  ca: authority.text,
  isPublic: (address) => address === '127.0.0.1',
  lookup: (name, _, callback) =>
    callback(null, [{ address: name === 'inside.test' ? '10.0.0.1' : '127.0.0.1', family: 4 }]),
})

async function judged(
  url: string,
  asking: Asking = {},
  use: (path?: string) => void = () => undefined,
): Promise<Check> {
  const finding = downloadFor({ name: 'v2', height: 9, info: { binaries: { any: url } } }, machine)
  if (finding.kind !== 'download') throw new Error(finding.kind)
  const { download } = finding
  const question = { open, download, fetches: true, limitMs: 20_000, mostBytes: 1_000_000, now: Date.now, ...asking }
  return withDownload(
    question,
    (facts) => {
      use(facts.kind === 'fetched' && facts.content.kind === 'program' ? facts.content.path : undefined)
      return Promise.resolve(judgeDownload(facts, { machine, download }))
    },
    new AbortController().signal,
  )
}
const summary = ({ verdict, reason }: Check): string => `${verdict}: ${reason}`

describe('the download of a plan', () => {
  it('is fetched into a private directory if it matches the plan, and removed afterwards', async ({ server }) => {
    server.serve('/good', binary)
    let path: string | undefined
    const check = await judged(server.url(`/good?checksum=sha256:${sha256}`), {}, (given) => {
      path = given
      expect(readFileSync(given ?? '')).toStrictEqual(binary)
      expect(statSync(dirname(given ?? '')).mode & 0o777).toBe(0o700)
    })
    expect(summary(check)).toBe(
      `ready: The download for any from node.test:${server.port} is complete, 9.8 KiB, with the sha256 that the plan names.`,
    )
    expect(existsSync(dirname(path ?? '/'))).toBe(false)
  })

  it('is only requested for its first byte if it is not to be fetched', async ({ server }) => {
    server.serve('/first', binary)
    expect(await judged(server.url('/first'), { fetches: false })).toMatchObject({ verdict: 'ready' })
    expect(server.asked('/first')).toStrictEqual(['bytes=0-0'])
    server.answer('/whole', (_, response) =>
      response.writeHead(200, { 'content-length': 5_000 }).end('x'.repeat(5_000)),
    )
    expect(summary(await judged(server.url('/whole'), { fetches: false }))).toMatch(/answers: 4\.9 KiB\.$/)
  })

  it('with another checksum is not ready, and its content is not inspected', async ({ server }) => {
    server.serve('/wrong', binary)
    const check = await judged(server.url(`/wrong?checksum=sha256:${'0'.repeat(64)}`), {}, (path) => {
      expect(path).toBeUndefined()
    })
    expect(summary(check)).toContain(`not_ready: `)
    expect(check.reason).toContain(`its sha256 is ${sha256}, and the plan says ${'0'.repeat(64)}`)
  })

  it('that is cut off once is still fetched completely', async ({ server }) => {
    const serve = partsOf(binary)
    server.answer('/cut', (request, response) => {
      if (server.asked('/cut').length > 1) {
        serve(request, response)
        return
      }
      response.writeHead(200, { 'content-length': binary.length, etag: '"1"' })
      response.write(binary.subarray(0, 4_000), () => response.socket?.end())
    })
    expect(await judged(server.url(`/cut?checksum=${sha256}`))).toMatchObject({ verdict: 'ready' })
  })

  describe('that is cut off in one check', () => {
    /** The first check gets a part of the binary; returns the paths of the parts that are kept. */
    async function cutOff(server: DownloadServer, path: string, headers: OutgoingHttpHeaders): Promise<() => string[]> {
      const directory = temporaryDirectory()
      vi.stubEnv('TMPDIR', directory.path)
      onTestFinished(() => {
        vi.unstubAllEnvs()
        directory[Symbol.dispose]()
      })
      server.answer(path, (_, response) => {
        const bytes = server.asked(path).length > 1 ? '' : binary.subarray(0, 4_000)
        response.writeHead(bytes === '' ? 503 : 200, { 'content-length': binary.length, ...headers })
        response.write(bytes, () => response.socket?.end())
      })
      expect(await judged(server.url(`${path}?checksum=${sha256}`))).toMatchObject({ verdict: 'unknown' })
      return () =>
        readdirSync(directory.path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name))
    }
    const strong = { etag: '"1"' }

    /** A check gets a part of the binary, and the rest when `goOn` is called. */
    function hanging(server: DownloadServer, path: string): { hasBegun: Promise<unknown>; goOn: () => void } {
      const directory = temporaryDirectory()
      vi.stubEnv('TMPDIR', directory.path)
      onTestFinished(() => {
        vi.unstubAllEnvs()
        directory[Symbol.dispose]()
      })
      let goOn = (): void => undefined
      server.answer(path, (_, response) => {
        response.writeHead(200, { 'content-length': binary.length, ...strong })
        response.write(binary.subarray(0, 4_000))
        goOn = () => response.end(binary.subarray(4_000))
      })
      const sizes = (): number[] =>
        readdirSync(directory.path, { recursive: true, withFileTypes: true })
          .filter(({ name }) => name === 'download')
          .map(({ parentPath, name }) => statSync(join(parentPath, name)).size)
      return { hasBegun: expect.poll(sizes).toContain(4_000), goOn: () => goOn() }
    }

    it('resumes in the next check, and leaves no temporary files', async ({ server }) => {
      const kept = await cutOff(server, '/later', strong)
      expect(kept().map((path) => [readFileSync(path), statSync(path).mode & 0o777])).toStrictEqual([
        [binary.subarray(0, 4_000), 0o600],
      ])
      server.answer('/later', partsOf(binary))
      expect(await judged(server.url(`/later?checksum=${sha256}`))).toMatchObject({ verdict: 'ready' })
      expect(server.asked('/later')).toStrictEqual(['', 'bytes=4000-', 'bytes=4000-'])
      expect(kept()).toStrictEqual([])
    })

    it('resumes after a check that timed out, too', async ({ server }) => {
      await cutOff(server, '/slowly', strong)
      server.answer('/slowly', (_, response) => {
        const said = `bytes 4000-${binary.length - 1}/${binary.length}`
        response.writeHead(206, { 'content-length': binary.length - 4_000, 'content-range': said, ...strong })
        response.write(binary.subarray(4_000, 5_000))
      })
      const url = server.url(`/slowly?checksum=${sha256}`)
      expect(summary(await judged(url, { limitMs: 200 }))).toMatch(/did not come within/)
      server.answer('/slowly', partsOf(binary))
      expect(await judged(url)).toMatchObject({ verdict: 'ready' })
      expect(server.asked('/slowly').at(-1)).toBe('bytes=5000-')
    })

    it('resumes after a check that was killed, and does not disturb one that is still running', async ({ server }) => {
      const { hasBegun, goOn } = hanging(server, '/killed')
      const url = server.url(`/killed?checksum=${sha256}`)
      const running = judged(url)
      await hasBegun
      server.answer('/killed', partsOf(binary))
      expect(await judged(url)).toMatchObject({ verdict: 'ready' })
      expect(server.asked('/killed')).toStrictEqual(['', 'bytes=4000-'])
      goOn()
      expect(await running).toMatchObject({ verdict: 'ready' })
      expect(await judged(url)).toMatchObject({ verdict: 'ready' })
      expect(server.asked('/killed').at(-1)).toBe('')
    })

    it('is fetched completely if the file has changed since', async ({ server }) => {
      await cutOff(server, '/moved', strong)
      server.answer('/moved', partsOf(binary, '"2"'))
      expect(await judged(server.url(`/moved?checksum=${sha256}`))).toMatchObject({ verdict: 'ready' })
    })

    it('is fetched again if the kept part was damaged', async ({ server }) => {
      const [path = ''] = (await cutOff(server, '/lost', strong))()
      writeFileSync(path, Buffer.alloc(4_000))
      server.answer('/lost', partsOf(binary))
      expect(await judged(server.url(`/lost?checksum=${sha256}`))).toMatchObject({ verdict: 'ready' })
      expect(server.asked('/lost').slice(2)).toStrictEqual(['bytes=4000-', ''])
    })

    it.for([
      ['has no validator', {}],
      ['has a weak validator', { etag: 'W/"1"' }],
      ['has a long validator', { etag: `"${'x'.repeat(200)}"` }],
    ] as const)('is not kept if it %s', async ([, headers], { server }) => {
      expect((await cutOff(server, '/unmarked', headers))()).toStrictEqual([])
    })

    it('is not kept if the plan has no checksum', async ({ server }) => {
      const kept = await cutOff(server, '/plain', strong)
      const [path = ''] = kept()
      rmSync(path)
      expect(await judged(server.url('/plain'))).toMatchObject({ verdict: 'unknown' })
      expect(kept()).toStrictEqual([])
    })
  })

  it('that always ends early is truncated', async ({ server }) => {
    server.answer('/truncated', (_, response) => {
      response.writeHead(200, { 'content-length': 2_048 })
      response.write('x'.repeat(1_024), () => response.socket?.end())
    })
    expect(summary(await judged(server.url('/truncated')))).toMatch(/^not_ready: .* ends after .* of 2 KiB\.$/)
  })

  it('that does not come in time is unknown', async ({ server }) => {
    server.answer('/slow', (_, response) => {
      response.writeHead(200, { 'content-length': 2_048 })
      response.write('x')
    })
    expect(summary(await judged(server.url('/slow'), { limitMs: 200 }))).toMatch(
      /^unknown: .*: it did not come within 0\.2 s\.$/,
    )
  })

  it('is not blamed for an error of the local disk', async ({ server }) => {
    using directory = temporaryDirectory()
    vi.stubEnv('TMPDIR', directory.path)
    onTestFinished(() => void vi.unstubAllEnvs())
    // Something cleans up temporary directories in the meantime.
    server.answer('/cleaned', (_, response) => {
      for (const name of readdirSync(directory.path)) rmSync(join(directory.path, name), { recursive: true })
      response.end(binary)
    })
    expect(await judged(server.url('/cleaned'))).toStrictEqual({
      id: 'download',
      verdict: 'unknown',
      reason: `The download for any from node.test:${server.port} could not be inspected on this machine: ENOENT: no such file or directory.`,
      todo: 'Check the disk of the temporary directory (TMPDIR), not the address.',
    })
  })

  it('is not blamed for an unexpected failure of the inspection, and neither is the disk', async ({ server }) => {
    server.serve('/odd', binary)
    const download = {
      platform: 'any',
      url: new URL(server.url('/odd')),
      get archive(): string {
        throw new TypeError('nobody foresaw this')
      },
    }
    const facts = await withDownload(
      { open, download, fetches: true, limitMs: 20_000, mostBytes: 1_000_000, now: Date.now },
      (found) => Promise.resolve(found),
      new AbortController().signal,
    )
    expect(facts).toStrictEqual({ kind: 'unread', problem: 'nobody foresaw this' })
    const { todo } = judgeDownload(facts, { machine, download: { platform: 'any', url: download.url } })
    expect(todo).toContain('neither the address nor the disk is to blame')
  })

  it('without an end is cut off when there is no more room', async ({ server }) => {
    server.answer('/endless', (_, response) => {
      const more = (): void => void response.write(Buffer.alloc(65_536), (error) => error ?? more())
      more()
    })
    expect(summary(await judged(server.url('/endless')))).toMatch(
      /^not_ready: .* or more, and there is room for 976\.6 KiB\.$/,
    )
  })

  it('that announces 10 GB is not fetched, and reported as too large', async ({ server }) => {
    server.answer('/huge', ({ headers: { range } }, response) =>
      range === undefined
        ? response.writeHead(200, { 'content-length': 10_000_000_000 }).write('x')
        : response.writeHead(206, { 'content-range': 'bytes 0-0/10000000000' }).end('x'),
    )
    for (const fetches of [true, false])
      expect(summary(await judged(server.url('/huge'), { fetches }))).toMatch(/^not_ready: .* has 9\.3 GiB or more/)
  })

  it.each([
    ['a private address', 'https://127.0.0.2:1/x', 'it redirects, and 127.0.0.2:1 is not a public address'],
    [
      'a name with a private address',
      'https://inside.test/x',
      'it redirects, and inside.test leads to the address 10.0.0.1',
    ],
    ['an IPv6 address of this machine', 'https://[::1]/x', 'it redirects, and [::1] is not a public address'],
    ['plain http', 'http://node.test/x', 'node.test is asked for over http'],
    ['a file', 'file:///etc/passwd', 'redirects to something that is not an http or https address'],
  ])('that redirects to %s is not followed there', async (_, location, said) => {
    const server = await startDownloadServer()
    try {
      server.answer('/away', (_request, response) => response.writeHead(302, { location }).end())
      const check = await judged(server.url('/away'))
      expect(check.verdict).toBe('not_ready')
      expect(check.reason).toContain(said)
    } finally {
      await server.stop()
    }
  })

  it.each([
    ['http://169.254.169.254/latest', '169.254.169.254 is a link-local address'],
    ['http://[::ffff:169.254.169.254]/latest', 'is a link-local address'],
    ['https://metadata.test/latest', 'metadata.test leads to a link-local address'],
  ])('from %s is refused even if private addresses are allowed', async (url, said) => {
    const allowing = createDownloader({
      allowPrivate: true,
      lookup: (_name, _, callback) => callback(null, [{ address: '169.254.169.254', family: 4 }]),
    })
    const { signal } = new AbortController()
    await expect(allowing(new URL(url), { signal })).rejects.toThrow(said)
  })

  it('that redirects to a host that cannot be reached names that host', async ({ server }) => {
    server.answer('/gone', (_, response) => response.writeHead(302, { location: 'https://node.test:1/x' }).end())
    const check = await judged(server.url('/gone'))
    expect(check.verdict).toBe('unknown')
    expect(check.reason).toContain('it redirects to node.test:1, and there: ')
  })

  it('is followed through a redirect without its password, and through at most five', async ({ server }) => {
    let seen: string | undefined
    server.answer('/asset', ({ headers }, response) => {
      seen = headers.authorization
      response.end(binary)
    })
    server.answer('/release', (_, response) => response.writeHead(302, { location: '/asset' }).end())
    server.answer('/round', (_, response) => response.writeHead(302, { location: '/round' }).end())
    const url = server.url(`/release?checksum=${sha256}`).replace('//', '//user:secret@')
    expect(await judged(url)).toMatchObject({ verdict: 'ready' })
    expect(seen).toBeUndefined()
    expect(summary(await judged(server.url('/round')))).toContain('it redirects more than 5 times')
  })

  it('for another machine is not ready, and neither is a web page', async ({ server }) => {
    server.serve('/other', other)
    expect(summary(await judged(server.url('/other')))).toMatch(/^not_ready: .* is for .*, and this machine is/)
    server.serve('/page', '<!doctype html><title>Sign in</title>')
    expect(summary(await judged(server.url('/page')))).toMatch(
      /^not_ready: .* is not a program: it looks like a web page\.$/,
    )
  })

  it('that is an archive is unpacked, and its binary is the one that cosmovisor takes', async ({ server }) => {
    const packed = tarGzOf({ path: 'README', content: 'x' }, { path: 'bin/noded', content: binary })
    server.serve('/right.tar.gz', packed)
    let seen: Buffer | undefined
    const url = server.url(`/right.tar.gz?checksum=sha256:${sha256Of(packed)}`)
    const check = await judged(url, { daemon: 'noded' }, (path) => {
      seen = readFileSync(path ?? '')
      expect(statSync(path ?? '').mode & 0o777).toBe(0o700)
    })
    expect(summary(check)).toMatch(
      /^ready: .* is complete, .*, of which cosmovisor takes bin\/noded, with the sha256 that the plan names\.$/,
    )
    expect(seen).toStrictEqual(binary)
    server.serve('/right.zip', zipOf({ path: 'noded', content: binary }, { path: 'README' }))
    expect(summary(await judged(server.url('/right.zip'), { daemon: 'noded' }))).toMatch(/^ready: .* takes noded;/)
  })

  it.each<[string, string, Buffer, string]>([
    [
      'leads out of its directory',
      'out.tar.gz',
      tarGzOf({ path: 'noded', content: 'x' }, { path: '../evil' }),
      'leads out of its directory',
    ],
    [
      'is a bomb',
      'bomb.tgz',
      tarGzOf({ path: 'noded', content: Buffer.alloc(5_000_000) }),
      'unpacks to more than 976.6 KiB',
    ],
    [
      'holds a program for another machine',
      'else.zip',
      zipOf({ path: 'noded', content: other }),
      'takes noded, which is for',
    ],
    [
      'begins with a file that cosmovisor takes for the binary',
      'first.tar.gz',
      tarGzOf({ path: 'LICENSE', content: 'x' }, { path: 'noded', content: binary }),
      'takes LICENSE, which is not a program',
    ],
    [
      'holds the binary in a directory',
      'deep.zip',
      zipOf({ path: 'v2/' }, { path: 'v2/noded', content: binary }),
      'holds neither bin/noded nor noded at its root',
    ],
    ['is damaged', 'cut.tar.gz', tarGzOf({ path: 'noded', content: binary }).subarray(0, 80), 'cannot be unpacked'],
  ])('that %s is not ready', async (_, name, file, said) => {
    const server = await startDownloadServer()
    try {
      server.serve(`/${name}`, file)
      const check = await judged(server.url(`/${name}?checksum=${sha256Of(file)}`), { daemon: 'noded' }, (path) =>
        expect(path === undefined || said.includes('which is')).toBe(true),
      )
      expect(summary(check)).toMatch(/^not_ready: /)
      expect(check.reason).toContain(said)
    } finally {
      await server.stop()
    }
  })

  it('in another archive format, or with an unknown binary, is unknown', async ({ server }) => {
    server.serve('/v2.tar.xz', binary)
    expect(summary(await judged(server.url('/v2.tar.xz')))).toMatch(/^unknown: .* tar\.xz archive/)
    server.serve('/two.zip', zipOf({ path: 'a', content: binary }, { path: 'b', content: binary }))
    expect(await judged(server.url('/two.zip'))).toMatchObject({
      verdict: 'unknown',
      todo: 'Set preflight.daemon to the name of the binary.',
    })
  })

  it('that is not an archive but has a subdirectory in its URL is not ready, fetched or not', async ({ server }) => {
    server.serve('/raw', binary)
    for (const fetches of [true, false])
      expect(summary(await judged(server.url('/raw//v2'), { fetches }))).toMatch(/^not_ready: .* is not an archive/)
  })

  it('is unknown if there is no directory for it, and is still requested', async ({ server }) => {
    server.serve('/unplaced', binary)
    vi.stubEnv('TMPDIR', '/nonexistent')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(summary(await judged(server.url('/unplaced')))).toMatch(/^unknown: .* no private directory can be made/)
    expect(summary(await judged(server.url('/unplaced'), { fetches: false }))).toMatch(/^ready: /)
  })

  it('is not ready if it does not exist, and unknown if that may change', async ({ server }) => {
    expect(summary(await judged(server.url('/none')))).toMatch(/^not_ready: .*HTTP 404\.$/)
    server.answer('/busy', (_, response) => response.writeHead(503).end())
    expect(summary(await judged(server.url('/busy')))).toMatch(/^unknown: .*HTTP 503\.$/)
    const gone = await startDownloadServer()
    await gone.stop()
    expect(summary(await judged(gone.url('/gone')))).toMatch(/^unknown: .*nothing listens at that port/)
  })
})
