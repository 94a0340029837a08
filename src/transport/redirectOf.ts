import type { HttpResponse } from './HttpClient.js'

/**
 * What is wrong with an answer that points elsewhere, as the end of a sentence; `undefined` for other answers. Only the
 * host of the other place is told: its path may hold a key.
 */
export function redirectOf(
  { status, header }: Pick<HttpResponse, 'status' | 'header'>,
  asked: URL,
): string | undefined {
  if (status < 300 || status > 399) return undefined
  // No host is longer, and the names of hosts are normalized in more than linear time.
  const location = (header('location') ?? '').slice(0, 2_000)
  const target = URL.canParse(location, asked.href) ? new URL(location, asked.href) : undefined
  const over = target === undefined || target.protocol === asked.protocol ? '' : ` over ${target.protocol.slice(0, -1)}`
  const where =
    target === undefined || location === ''
      ? ''
      : target.hostname !== asked.hostname || (over === '' && target.host !== asked.host)
        ? ` to ${target.host.slice(0, 200)}${over}`
        : over === ''
          ? ' to another path of the same host'
          : ` to the same host${over}`
  return `redirects${where} (HTTP ${status}). No redirect is followed: configure the final address.`
}
