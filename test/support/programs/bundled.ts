import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSync } from 'esbuild'

const root = join(import.meta.dirname, '../../..')
// Below it, so that packages are found from there.
const directory = join(root, 'node_modules', '.cache', 'programs')
const made = new Map<string, string>()

/**
 * A program of the tests with all that it imports in one file, which plain Node starts: a loader of sources takes ten
 * times as long. It must not ask where it lies.
 *
 * @param source - From the root of the repository.
 * @returns the path of the file
 */
export function bundled(source: string): string {
  const known = made.get(source)
  if (known !== undefined) return known
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [source],
    ...{ bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20.19', logLevel: 'warning' },
    ...{ minifyWhitespace: true, minifySyntax: true },
    // As modules of ECMAScript: what is not used of it need not be read.
    alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js') },
    external: ['libsql', 'pino'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
    },
  })
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles
  const name = `${basename(source, '.ts')}-${createHash('sha256').update(contents).digest('hex').slice(0, 16)}.mjs`
  const path = join(directory, name)
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true })
    // Test files that run side by side may make the same one.
    writeFileSync(`${path}.${process.pid}`, contents)
    renameSync(`${path}.${process.pid}`, path)
  }
  made.set(source, path)
  return path
}
