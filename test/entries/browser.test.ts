import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'
import { bundled } from '../support/bundled.js'
import { startChain } from '../support/chain.js'

beforeAll(buildWhereStale, 180_000)

const everything = (entry: string): string => `import * as all from '${entry}'; console.log(all)`

describe('bundled for a browser', () => {
  it('the streams need only rxjs', async () => {
    const { packages } = await bundled(everything('govstream/streams'))
    expect(packages).toStrictEqual(['rxjs', 'tslib'])
  })

  it('the domain needs only the package for patterns', async () => {
    const { packages } = await bundled(everything('govstream/domain'))
    expect(packages).toStrictEqual(['re2js'])
  })

  it('the sources need viem, zod and rxjs, no database and nothing of Node', async () => {
    const { packages, files } = await bundled(everything('govstream/sources'))
    expect(packages).toEqual(expect.arrayContaining(['rxjs', 'viem', 'zod']))
    expect(packages.filter((name) => /libsql|undici|pino|fs-extra|yaml|commander/.test(name))).toStrictEqual([])
    expect(files.filter((file) => /^dist\/(store|sinks|channels|config|cli|monitor)/.test(file))).toStrictEqual([])
  })

  it('the streams of a remote govstream need rxjs and zod, no database and nothing of Node', async () => {
    const { packages, files, text } = await bundled(everything('govstream/remote'))
    expect(packages).toStrictEqual(['rxjs', 'tslib', 'zod'])
    expect(
      files.filter((file) => /^dist\/(sources|sinks|channels|config|cli|monitor|server)/.test(file)),
    ).toStrictEqual([])
    expect(text).not.toMatch(/\brequire\(/)
  })

  it('one operator includes little more than itself', async () => {
    const { files, text } = await bundled(
      `import { diffProposals } from 'govstream/streams'; console.log(diffProposals)`,
    )
    const ours = files.filter((file) => file.startsWith('dist/'))
    expect(ours).toContain('dist/streams/diffProposals.js')
    expect(ours).not.toContain('dist/streams/planUpgrades.js')
    expect(ours).not.toContain('dist/streams/announce.js')
    expect(text).not.toMatch(/\brequire\(/)
  })
})

it('a Governor can be read without anything of Node', { timeout: 120_000 }, async () => {
  const chain = await startChain()
  onTestFinished(() => chain.stop())
  const people = await chain.deploy()
  await people.actor.propose({ description: '# Thank you' })
  const { text } = await bundled(`
    import { createEvmEndpoints, createReader } from 'govstream/sources'
    const reader = createReader({
      system: 'governor', chain: 'local', addresses: ['${people.governor}'], fromBlock: 0,
      endpoints: createEvmEndpoints({ urls: ['${chain.url}'], timeoutMs: 20_000 }),
      finality: 'latest', maxLogRange: 10_000, now: () => Date.now(),
      describe: ({ description }) => ({ title: description, description, type: 'text' }),
    })
    tell(reader.read({ open: [], signal: new AbortController().signal }))
  `)
  // The globals of browsers and workers, taken from this realm.
  const web = {
    fetch,
    URL,
    URLSearchParams,
    TextDecoder,
    TextEncoder,
    AbortController,
    AbortSignal,
    Uint8Array,
    setTimeout,
    clearTimeout,
    btoa,
  }
  const read = await new Promise<unknown>((resolve) => {
    runInNewContext(text, { ...web, tell: resolve })
  })

  expect(read).toMatchObject({ ok: true, proposals: [{ title: '# Thank you' }] })
})

it('each entry exports the same objects as the main one, not copies', async () => {
  const whole: Readonly<Record<string, unknown>> = await import('govstream')
  const entries: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['govstream/streams', await import('govstream/streams')],
    ['govstream/sources', await import('govstream/sources')],
    ['govstream/remote', await import('govstream/remote')],
    ['govstream/domain', await import('govstream/domain')],
  ]
  for (const [entry, part] of entries)
    for (const [name, value] of Object.entries(part)) expect(whole[name], `${name} of ${entry}`).toBe(value)
})
