import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { billOfMaterials } from '../scripts/billOfMaterials.js'
import { buildWhereStale } from './process/buildWhereStale.js'
import { listen } from './support/servers/listen.js'

const manifest = z
  .object({
    scripts: z.record(z.string(), z.string()),
    bin: z.object({ govstream: z.string() }),
    files: z.array(z.string()),
    exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
    dependencies: z.record(z.string(), z.string()),
    peerDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))

/** The last line and the exit code of the audit if the registry answers like this. */
async function auditWhere(status: number, advisories: object): Promise<{ code: number | null; line: string }> {
  const registry = await listen((request, response) => {
    request.resume()
    response.writeHead(request.method === 'POST' ? status : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(advisories))
  })
  try {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/audit.ts'], {
      cwd: new URL('..', import.meta.url),
      env: { ...process.env, npm_config_registry: registry.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'close')
    const printed = await text(child.stdout)
    await ended
    return { code: child.exitCode, line: printed.trim().split('\n').at(-1) ?? '' }
  } finally {
    await registry.stop()
  }
}

describe('the package', () => {
  it('has no install script that npm would warn about for a tarball', () => {
    // npm warns about these for a tarball, `prepare` included. A checkout is built by `postprepare`, which npm runs
    // only there.
    expect(
      ['preinstall', 'install', 'postinstall', 'prepare'].filter((script) => script in manifest.scripts),
    ).toStrictEqual([])
    expect(manifest.scripts['postprepare']).toBe('npm run build')
    expect(manifest.scripts['prepack']).toContain('npm run build')
  })

  it('contains the files of its entry points, and leaves rxjs and viem to the application', () => {
    const named = [
      manifest.bin.govstream,
      ...Object.values(manifest.exports).flatMap((entry) =>
        typeof entry === 'string' ? [entry] : [entry.types, entry.default],
      ),
    ].map((path) => path.replace('./', ''))

    expect(
      named.filter(
        (path) =>
          path !== 'package.json' && !manifest.files.some((file) => path === file || path.startsWith(`${file}/`)),
      ),
    ).toStrictEqual([])
    expect(Object.keys(manifest.peerDependencies)).toStrictEqual(['rxjs', 'viem'])
    expect(Object.keys(manifest.dependencies).filter((name) => name in manifest.peerDependencies)).toStrictEqual([])
  })

  describe('once built', () => {
    beforeAll(buildWhereStale, 180_000)

    const dist = new URL('../dist/', import.meta.url)
    const scriptsIn = (directory: string): readonly string[] =>
      readdirSync(new URL(directory, dist), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.js'))
        .map((path) => `${directory}${path}`)
    const textOf = (path: string): string => readFileSync(new URL(path, dist), 'utf8')

    it('loads only packages that are installed with it', () => {
      const imported = scriptsIn('')
        .flatMap((path) => [...textOf(path).matchAll(/\b(?:from ?|import ?\(?)["']([@a-z][^"']*)["']/g)])
        .flatMap(([, name = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [])
      const loaded = [...new Set(imported)].filter((name) => !isBuiltin(name))
      expect(loaded).toEqual(expect.arrayContaining(['libsql', 'pino', 'rxjs', 'undici', 'viem', 'zod']))
      expect(
        loaded.filter((name) => !(name in manifest.dependencies) && !(name in manifest.peerDependencies)),
      ).toStrictEqual([])
    })

    it('bundles no package with native parts or workers, and includes the licences of those it bundles', () => {
      const bundled = scriptsIn('cli/')
        .map((path) => z.object({ sources: z.array(z.string()) }).parse(JSON.parse(textOf(`${path}.map`))))
        .flatMap(({ sources }) => sources)
        .flatMap((path) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
      const names = [...new Set(bundled)]
      expect(names).toEqual(expect.arrayContaining(['commander', 'rxjs', 'undici', 'viem', 'yaml', 'zod']))
      expect(names.filter((name) => /^(?:libsql|pino)$/.test(name))).toStrictEqual([])
      const licences = textOf('cli/LICENSES.txt')
      expect(names.filter((name) => !licences.includes(`${name} `))).toStrictEqual([])
    })

    it('has a bill of materials of exactly what an installation contains', () => {
      const bill = billOfMaterials()
      const names = bill.components.map(({ name }) => name)

      expect(names).toEqual(
        expect.arrayContaining([
          ...Object.keys(manifest.dependencies),
          ...Object.keys(manifest.peerDependencies),
          // Some that are bundled, and what they need on other machines.
          ...['commander', 'preact', 'uplot', '@noble/curves', '@libsql/darwin-arm64', '@libsql/linux-x64-gnu'],
        ]),
      )
      expect(names.filter((name) => /^(?:vitest|typescript|eslint|playwright-core)$/.test(name))).toStrictEqual([])
      expect(
        bill.components.filter(({ hashes, licenses }) => hashes === undefined || licenses === undefined),
      ).toStrictEqual([])
      expect(JSON.stringify(billOfMaterials())).toBe(JSON.stringify(bill))
      expect(JSON.stringify(bill)).not.toMatch(/node_modules|\.tgz/)
      expect(manifest.scripts['prepack']).toContain('writeBillOfMaterials')
    })

    it('fails the audit for an advisory on one of its packages, but not on development packages', async () => {
      const advisory = (name: string) => [
        { id: 1, url: `https://advisories.example/${name}`, title: name, severity: 'high', vulnerable_versions: '*' },
      ]
      const vitest = { vitest: advisory('vitest') }

      const [none, one, unasked] = await Promise.all([
        auditWhere(200, vitest),
        auditWhere(200, { ...vitest, undici: advisory('undici') }),
        auditWhere(405, {}),
      ])

      expect(none.code).toBe(0)
      expect(none.line).toMatch(/^0 of \d+ packages with an advisory/)
      expect(one.code).toBe(1)
      expect(one.line).toMatch(/^1 of \d+ packages with an advisory/)
      expect(unasked.code).toBe(0)
      expect(unasked.line).toMatch(/^No audit: the registry cannot be asked/)
    })
  })
})
