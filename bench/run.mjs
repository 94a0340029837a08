// Bundles the bench and runs it. Run from source, tsx would add a name to every closure when it is created, which costs
// more than some of the measured code.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** A bundled file goes on finding others from where its source lies. */
const whereItLies = {
  name: 'where it lies',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    })),
}

const built = fileURLToPath(new URL('.built.mjs', import.meta.url))
await build({
  entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
  outfile: built,
  bundle: true,
  packages: 'external',
  plugins: [whereItLies],
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
})
const { status } = spawnSync(process.execPath, ['--expose-gc', built, ...process.argv.slice(2)], { stdio: 'inherit' })
rmSync(built)
process.exitCode = status ?? 1
