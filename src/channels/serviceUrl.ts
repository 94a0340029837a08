/** An address with the host of a gateway in place of its own, and path and query of the gateway before its own. */
export function viaGateway(address: string, gateway: string | undefined): string {
  if (gateway === undefined) return address
  const [url, { pathname, search }] = [new URL(gateway), new URL(address)]
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${pathname}`
  url.search = [url.search, search].flatMap((query) => query.slice(1) || []).join('&')
  return url.href
}

/** The addresses of a channel that are configured. */
export function addressesOf(...addresses: readonly (string | undefined)[]): string[] {
  return addresses.filter((address) => address !== undefined)
}

/** The address of `path`, or of nothing more, below that of a service, which may have a path and a query of its own. */
export function serviceUrl(base: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base)
  if (path !== '') url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}
