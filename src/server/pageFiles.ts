import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { extname } from 'node:path'
import * as z from 'zod'

/** The built page: its renderers, and the files that a browser loads. */
export interface PageFiles {
  /** Renders the document from the content of /page.json. */
  readonly render: (state: unknown, theme: 'light' | 'dark' | undefined) => string
  /** Renders the login form, with the problem of the last attempt. */
  readonly renderLogin: (problem: string | undefined) => string
  /** The hash of the inline style in both documents, for the content security policy. */
  readonly styleHash: string
  /** By file name, which contains a hash of the content. */
  readonly assets: ReadonlyMap<string, { readonly body: Uint8Array<ArrayBuffer>; readonly type: string }>
}

// This path is valid from `src/server`, from `dist/server` and from a chunk in `dist/cli`.
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

/** Loads the page that `npm run build` made of src/page, once. Rejects if it is missing; the next call tries again. */
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
