// Bundles the command line into dist/cli, in chunks: a command reads a few files in place of hundreds. Runs after tsc,
// which checks the same sources. The library stays a file a module.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { licensesOf } from './licensesOf.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = join(root, 'dist', 'cli')

// Chunks are named by their content: those of an older source would stay.
rmSync(outdir, { recursive: true, force: true })
const options = {
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The same code as modules of ECMAScript: what nobody uses of it stays out. Each file that imports a CommonJS module
  // would also get an object of its own, with a getter for each export.
  alias: {
    rxjs: join(root, 'node_modules', 'rxjs', 'dist', 'esm', 'index.js'),
    undici: join(root, 'scripts', 'undici.mjs'),
    yaml: join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js'),
  },
  // These have native parts and workers. rxjs and viem come along too, though the library shares the host's: no host is
  // in this process, and of what is bundled only what is used takes memory.
  external: ['libsql', 'pino'],
  // `ws` looks for two native parts that nobody installed; without them it does the same.
  define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
  // Shorter files load faster; names stay, for stacks and for `name` of the errors.
  minifyWhitespace: true,
  minifySyntax: true,
  // The sources themselves are in the package.
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  // What is bundled of CommonJS calls `require` for modules of Node.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
  // `togetherIn` says where files go, and leaves what is used of them to those that use it.
  logOverride: { 'ignored-bare-import': 'silent' },
}
/** Every command that reads the state opens it with this. */
const readsState = 'src/cli/withStore.ts'
const onlyEnglish = {
  name: 'onlyEnglish',
  setup(build) {
    // The namespace of zod, which the server's routes use whole, would bring the messages of fifty languages.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}
const first = await build({ ...options, plugins: [onlyEnglish], write: false })
const { metafile } = await build({ ...options, plugins: [onlyEnglish, togetherIn(first.metafile.outputs)] })
for (const path of Object.keys(metafile.outputs)) requireLatin(path)
const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
writeFileSync(join(outdir, 'LICENSES.txt'), licensesOf(files))

/**
 * Throws if a chunk holds a character above U+00FF: V8 would keep all of its text with two bytes a character. esbuild
 * escapes those of strings, and leaves those of regular expressions.
 */
function requireLatin(path) {
  const found = path.endsWith('.js') ? /.{0,40}[^\0-\xFF].{0,20}/.exec(readFileSync(join(root, path), 'utf8')) : null
  if (found !== null) throw new Error(`${path} holds a character to be written as \\u….: ${found[0]}`)
}

/**
 * Puts what small chunks hold into one that is always loaded: to find, open and link a file takes longer than to read
 * the little that is in it. What would bring a package along stays where it is.
 */
function togetherIn(outputs) {
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? [])
  const small = new Set(
    Object.keys(outputs).filter((path) => {
      const { bytes, entryPoint, inputs } = outputs[path]
      return bytes < 8_192 && entryPoint === undefined && Object.keys(inputs).every((file) => file.startsWith('src/'))
    }),
  )
  const brings = (path) => outputs[path].imports.some((one) => !one.external && !small.has(one.path))
  const apart = new Set()
  for (let found = [...small].filter(brings); found.length > 0; found = [...small].filter(brings))
    for (const path of found) if (small.delete(path)) apart.add(path)
  // What a command that reads the state loads anyway, small chunks may bring along with its opening.
  const reached = reachedFrom(
    outputs,
    Object.keys(outputs).find((path) => readsState in outputs[path].inputs),
  )
  const bringsMore = (path) =>
    outputs[path].imports.some(
      (one) => !one.external && !reached.has(one.path) && !apart.has(one.path) && !small.has(one.path),
    )
  for (let found = [...apart].filter(bringsMore); found.length > 0; found = [...apart].filter(bringsMore))
    for (const path of found) apart.delete(path)
  // Whoever uses one of these takes all: what has another set of users would be a file of its own.
  const entryPaths = Object.keys(outputs).filter((path) => outputs[path].entryPoint !== undefined)
  const takesReading = new Set(
    entryPaths
      .filter((path) => [...reachedFrom(outputs, path)].some((one) => apart.has(one)))
      .map((path) => outputs[path].entryPoint),
  )
  const common = { always: importsOf(small), reading: importsOf(apart) }
  function importsOf(paths) {
    const files = [...paths].flatMap((path) => Object.keys(outputs[path].inputs)).map((file) => join(root, file))
    return files.map((file) => `import ${JSON.stringify(file)}`).join('\n')
  }
  return {
    name: 'together',
    setup(build) {
      // Every entry reaches them, so that they come into the same chunk; and so does whoever opens the state.
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = entries.find((entry) => join(root, entry) === path)
        const kinds = [
          ...(file === undefined ? [] : ['always']),
          ...(takesReading.has(file) || join(root, readsState) === path ? ['reading'] : []),
        ]
        const imports = kinds.map((kind) => `\nimport 'together:${kind}'`).join('')
        return kinds.length === 0 ? undefined : { contents: `${readFileSync(path, 'utf8')}${imports}`, loader: 'ts' }
      })
      build.onResolve({ filter: /^together:/ }, ({ path }) => ({
        path: path.slice('together:'.length),
        namespace: 'together',
        sideEffects: true,
      }))
      build.onLoad({ filter: /./, namespace: 'together' }, ({ path }) => ({ contents: common[path], resolveDir: root }))
    },
  }
}

/** A chunk and all that is loaded with it. */
function reachedFrom(outputs, path, reached = new Set()) {
  if (reached.has(path)) return reached
  reached.add(path)
  for (const { path: next, external, kind } of outputs[path].imports)
    if (external !== true && kind === 'import-statement') reachedFrom(outputs, next, reached)
  return reached
}
