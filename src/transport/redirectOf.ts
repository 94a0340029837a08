import type { HttpResponse } from './HttpClient.js'

/**
 * Describes a redirect as the end of a sentence; returns `undefined` for other answers. It names only the host of the
 * target, because the path may contain a key.
 */
export function redirectOf(
  { status, header }: Pick<HttpResponse, 'status' | 'header'>,
  asked: URL,
): string | undefined {
  if (status < 300 || status > 399) return undefined
  // No host name is longer, and normalizing a host name takes more than linear time.
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
