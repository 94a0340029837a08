import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildWhereStale } from './process/buildWhereStale.js'

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

describe('the package', () => {
  it('has no script that npm would have to be allowed to run where its tarball is installed', () => {
    // npm warns of these for a tarball, `prepare` included; a checkout is built by `postprepare`, which it runs there
    // only.
    expect(
      ['preinstall', 'install', 'postinstall', 'prepare'].filter((script) => script in manifest.scripts),
    ).toStrictEqual([])
    expect(manifest.scripts['postprepare']).toBe('npm run build')
    expect(manifest.scripts['prepack']).toContain('npm run build')
  })

  it('carries what its entries name, and leaves rxjs and viem to the app', () => {
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

  describe('once it is built', () => {
    beforeAll(buildWhereStale, 180_000)

    const dist = new URL('../dist/', import.meta.url)
    const scriptsIn = (directory: string): readonly string[] =>
      readdirSync(new URL(directory, dist), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.js'))
        .map((path) => `${directory}${path}`)
    const textOf = (path: string): string => readFileSync(new URL(path, dist), 'utf8')

    it('loads nothing that is not installed along with it', () => {
      const imported = scriptsIn('')
        .flatMap((path) => [...textOf(path).matchAll(/\b(?:from ?|import ?\(?)["']([@a-z][^"']*)["']/g)])
        .flatMap(([, name = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [])
      const loaded = [...new Set(imported)].filter((name) => !isBuiltin(name))
      expect(loaded).toEqual(expect.arrayContaining(['libsql', 'pino', 'rxjs', 'undici', 'viem', 'zod']))
      expect(
        loaded.filter((name) => !(name in manifest.dependencies) && !(name in manifest.peerDependencies)),
      ).toStrictEqual([])
    })

    it('bundles nothing that has native parts or workers, and says whose the rest is', () => {
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
  })
})
