/** An address with the host of a gateway in place of its own, and the path of the gateway before its own. */
export function viaGateway(address: string, gateway: string | undefined): string {
  if (gateway === undefined) return address
  const [url, { pathname, search }] = [new URL(gateway), new URL(address)]
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${pathname}`
  if (search !== '') url.search = search
  return url.href
}

/** The address of `path`, or of nothing more, below that of a service, which may have a path and a query of its own. */
export function serviceUrl(base: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(base)
  if (path !== '') url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}
