/** Scheme, host and port of a URL: its user, path and query may hold a key. `(not a URL)` for anything else. */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)'
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
