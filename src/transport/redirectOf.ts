import type { HttpResponse } from './createHttpClient.js'

/**
 * What is wrong with an answer that points elsewhere, as the end of a sentence; `undefined` for other answers. Only the
 * host of the other place is told: its path may hold a key.
 */
export function redirectOf({ status, header }: Pick<HttpResponse, 'status' | 'header'>, asked: URL): string | undefined {
  if (status < 300 || status > 399) return undefined
  const location = header('location') ?? ''
  const target = URL.canParse(location, asked.href) ? new URL(location, asked.href) : undefined
  const where = target === undefined || location === ''
    ? ''
    : target.host === asked.host ? ' to another path of the same host' : ` to ${target.protocol}//${target.host.slice(0, 200)}`
  return `redirects${where} (HTTP ${status}). No redirect is followed: configure the final address.`
}
