import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { extname } from 'node:path'
import * as z from 'zod'

/** The built page: what renders it, and the files that a browser loads. */
export interface PageFiles {
  /** The document of what /page.json gives. */
  readonly render: (state: unknown, theme: 'light' | 'dark' | undefined) => string
  /** The form by which a person logs in; what is wrong with what was sent. */
  readonly renderLogin: (problem: string | undefined) => string
  /** The one inline style that both hold, as a content security policy names it. */
  readonly styleHash: string
  /** By their name, which holds their hash. */
  readonly assets: ReadonlyMap<string, { readonly body: Uint8Array<ArrayBuffer>; readonly type: string }>
}

// As far from `src/server` as from `dist/server` and from a chunk in `dist/cli`.
const directory = new URL('../../dist/page/', import.meta.url)

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const manifestSchema = z.record(
  z.string(),
  z.object({ file: z.string(), isEntry: z.optional(z.boolean()), css: z.optional(z.array(z.string())) }),
)
type Render = (state: unknown, files: object, theme?: 'light' | 'dark') => string
type RenderLogin = (files: object, problem?: string) => string
const isFunction = (value: unknown): boolean => typeof value === 'function'
const rendererSchema = z.object({
  renderPage: z.custom<Render>(isFunction),
  renderLogin: z.custom<RenderLogin>(isFunction),
})

let loading: Promise<PageFiles> | undefined

/** What `npm run build` made of src/page, read once. Rejects where it is not there; then the next call looks again. */
export function loadPage(): Promise<PageFiles> {
  loading ??= readPage().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

async function readPage(): Promise<PageFiles> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(new URL('manifest.json', directory), 'utf8')))
  const loaded: unknown = await import(new URL('renderPage.js', directory).href)
  const { renderPage, renderLogin } = rendererSchema.parse(loaded)
  const entry = Object.values(manifest).find(({ isEntry }) => isEntry === true)
  const names = await readdir(new URL('assets/', directory))
  const icon = names.find((name) => name.endsWith('.svg'))
  if (entry === undefined || icon === undefined) throw new Error('The page is not built: run "npm run build".')
  const read = async (name: string) => {
    const body = new Uint8Array(await readFile(new URL(`assets/${name}`, directory)))
    return [name, { body, type: types[extname(name)] ?? 'application/octet-stream' }] as const
  }
  const styles = await Promise.all((entry.css ?? []).map((path) => readFile(new URL(path, directory), 'utf8')))
  const style = styles.join('\n')
  const files = { script: `/${entry.file}`, icon: `/assets/${icon}`, style }
  return {
    styleHash: `sha256-${createHash('sha256').update(style).digest('base64')}`,
    render: (state, theme) => renderPage(state, files, theme),
    renderLogin: (problem) => renderLogin(files, problem),
    assets: new Map(await Promise.all(names.map(read))),
  }
}
