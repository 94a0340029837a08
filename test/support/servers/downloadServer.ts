import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { fileURLToPath } from 'node:url'

const at = (name: string): string => fileURLToPath(new URL(`tls/${name}`, import.meta.url))

/**
 * The certificate of the authority trusted for the server: a file for NODE_EXTRA_CA_CERTS, and
 * its text.
 */
export const authority = { file: at('cert.pem'), text: readFileSync(at('cert.pem'), 'utf8') }

export interface DownloadServer {
  readonly port: number
  /** The URL of a path. */
  readonly url: (path: string) => string
  /** Requested ranges, by path; an empty text for none. */
  readonly asked: (path: string) => readonly string[]
  /** Serves a file from now on, including ranges. */
  readonly serve: (path: string, content: Buffer | string) => void
  /** Answers in any other way. */
  readonly answer: (path: string, how: (request: IncomingMessage, response: ServerResponse) => void) => void
  readonly stop: () => Promise<void>
}

/** A real HTTPS server on a free port of this machine, with a certificate of a private authority. */
export async function startDownloadServer(): Promise<DownloadServer> {
  const routes = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>()
  const asked: { readonly path: string; readonly range: string }[] = []
  const server = createServer({ key: readFileSync(at('key.pem')), cert: authority.text }, (request, response) => {
    const path = request.url ?? ''
    asked.push({ path, range: request.headers.range ?? '' })
    response.on('error', () => undefined)
    const route = routes.get(path)
    if (route === undefined) response.writeHead(404).end('<!doctype html><title>Not found</title>')
    else route(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The test server has no port.')
  const { port } = address
  return {
    port,
    url: (path) => `https://node.test:${port}${path}`,
    asked: (path) => asked.filter((one) => one.path === path).map(({ range }) => range),
    serve: (path, content) => routes.set(path, partsOf(Buffer.from(content))),
    answer: (path, how) => routes.set(path, how),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Serves a file completely, or from the requested offset. */
export function partsOf(file: Buffer, etag = '"1"'): (request: IncomingMessage, response: ServerResponse) => void {
  return ({ headers: { range = '', 'if-range': wanted = etag } }, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? []
    if (first === undefined || wanted !== etag) {
      response.writeHead(200, { 'content-length': file.length, etag }).end(file)
      return
    }
    const end = last === undefined || last === '' ? file.length : Number(last) + 1
    const part = file.subarray(Number(first), end)
    const said = `bytes ${first}-${Number(first) + part.length - 1}/${file.length}`
    response.writeHead(206, { 'content-length': part.length, 'content-range': said, etag }).end(part)
  }
}
