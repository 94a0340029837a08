// Builds src/page into dist/page: what a browser loads, and what renders the page on the server, which needs no package.
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { licensesOf } from './licensesOf.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const outDir = join(root, 'dist', 'page')
const page = join(root, 'src', 'page')
const shared = {
  configFile: false,
  root: page,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
}

rmSync(outDir, { recursive: true, force: true })
const browser = await build({
  ...shared,
  build: {
    outDir,
    emptyOutDir: false,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: { input: [join(page, 'browser.ts')] },
  },
})
const server = await build({
  ...shared,
  ssr: { noExternal: true },
  build: { outDir, emptyOutDir: false, ssr: join(page, 'renderPage.tsx'), minify: true },
})
const files = [browser, server]
  .flatMap(({ output }) => output)
  .flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []))
writeFileSync(join(outDir, 'LICENSES.txt'), licensesOf(files.map((file) => relative(root, file))))
// Only the server names the icon.
const icon = readFileSync(join(page, 'icon.svg'))
const hash = createHash('sha256').update(icon).digest('base64url').slice(0, 8)
writeFileSync(join(outDir, 'assets', `icon-${hash}.svg`), icon)
