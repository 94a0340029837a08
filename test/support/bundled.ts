import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'

/**
 * A script bundled for a browser, and the files in the bundle. Fails if one is not available
 * there.
 */
export async function bundled(script: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: script, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const [output] = Object.values(metafile.outputs)
  const files = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  )
  const packages = Object.keys(metafile.inputs).flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? [],
  )
  return { files, packages: [...new Set(packages)].sort(), text: outputFiles[0]?.text ?? '' }
}
