/** Replaces the host of an address with that of a gateway, and puts the gateway's path and query before its own. */
export function viaGateway(address: string, gateway: string | undefined): string {
  if (gateway === undefined) return address
  const [url, { pathname, search }] = [new URL(gateway), new URL(address)]
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${pathname}`
  url.search = [url.search, search].flatMap((query) => query.slice(1) || []).join('&')
  return url.href
}

/** Returns the addresses that are configured. */
export function addressesOf(...addresses: readonly (string | undefined)[]): string[] {
  return addresses.filter((address) => address !== undefined)
}

/** Appends `path`, if not empty, and `query` to the URL of a service, which may have a path and a query of its own. */
export function serviceUrl(base: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base)
  if (path !== '') url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}
