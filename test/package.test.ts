import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

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
})
