import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSync } from 'esbuild'

const root = join(import.meta.dirname, '../../..')
// Below the repository, so that packages are found from there.
const directory = join(root, 'node_modules', '.cache', 'programs')
const made = new Map<string, string>()

/** The arguments of Node that start a program that is started many times: see runCompiled.mjs. */
export function compiled(source: string): readonly [launcher: string, program: string] {
  return [join(import.meta.dirname, 'runCompiled.mjs'), bundled(source, 'cjs')]
}

/**
 * A test program and all its imports in one file that plain Node starts, because a loader of sources takes ten times
 * as long. It must not depend on its own path.
 *
 * @param source - From the root of the repository.
 * @returns the path of the file
 */
export function bundled(source: string, format: 'esm' | 'cjs' = 'esm'): string {
  const asked = `${format} ${source}`
  const known = made.get(asked)
  if (known !== undefined) return known
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [source],
    ...{ bundle: true, write: false, format, platform: 'node', target: 'node20.19', logLevel: 'warning' },
    ...{ minifyWhitespace: true, minifySyntax: true },
    // As ECMAScript modules, so that unused parts are not read.
    alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js') },
    external: ['libsql', 'pino'],
    ...asFormat[format],
  })
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16)
  const path = join(directory, `${basename(source, '.ts')}-${hash}.${format === 'esm' ? 'mjs' : 'cjs'}`)
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true })
    // Test files that run in parallel may build the same one.
    writeFileSync(`${path}.${process.pid}`, contents)
    renameSync(`${path}.${process.pid}`, path)
  }
  made.set(asked, path)
  return path
}

// Each lacks what the other has.
const asFormat = {
  esm: {
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
    },
  },
  cjs: {
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
  },
} as const
