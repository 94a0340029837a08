/** The proxies that the environment names. Their URLs may contain a password. */
export interface Proxies {
  /** For http:// targets. */
  readonly http?: string
  /** For https:// targets. */
  readonly https?: string
  /** Hosts that need no proxy: names including their subdomains, `name:port`, addresses, or `*`. */
  readonly except?: string
}

const loopback = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Returns the proxy for a target; never one for this machine itself. */
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
