/**
 * Returns scheme, host and port of a URL, because its user, path and query may contain a key; `(not a URL)` for
 * anything else.
 */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)'
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
