import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSync } from 'esbuild'

const root = join(import.meta.dirname, '../../..')
// Below the repository, so that packages are found from there.
const directory = join(root, 'node_modules', '.cache', 'programs')
const made = new Map<string, string>()

/**
 * A test program and all its imports in one file that plain Node starts, because a loader of sources takes ten times
 * as long. It must not depend on its own path.
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
    // As ECMAScript modules, so that unused parts are not read.
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
    // Test files that run in parallel may build the same one.
    writeFileSync(`${path}.${process.pid}`, contents)
    renameSync(`${path}.${process.pid}`, path)
  }
  made.set(source, path)
  return path
}
