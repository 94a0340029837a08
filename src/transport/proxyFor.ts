/** Proxies to go through, as the environment names them. Their URLs may hold a password. */
export interface Proxies {
  /** For http:// targets. */
  readonly http?: string
  /** For https:// targets. */
  readonly https?: string
  /** Hosts that are reached without: names with all that lies below them, `name:port`, addresses, or `*`. */
  readonly except?: string
}

const loopback = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** The proxy for a target; none for this machine itself, wherever else it applies. */
export function proxyFor(target: URL, { http, https, except = '' }: Proxies): string | undefined {
  const proxy = target.protocol === 'https:' ? https : http
  if (proxy === undefined || proxy === '' || loopback.test(target.hostname)) return undefined
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port
  return except.split(/[\s,]+/).some((entry) => isIn(entry.toLowerCase(), target.hostname, port)) ? undefined : proxy
}

function isIn(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const [, name = '', onlyPort] = /^\*?\.?(.+?)(?::(\d{1,5}))?$/.exec(entry) ?? []
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false
  return host === name || host === `[${name}]` || host.endsWith(`.${name}`)
}
