import { percentDecoded } from '../text/percentDecoded.js'

/** Returns the header for the user and password of a URL; empty if it has none. A stray `%` in them is kept. */
export function basicAuthorization({ username, password }: Pick<URL, 'username' | 'password'>): {
  readonly authorization?: string
} {
  if (username === '' && password === '') return {}
  const bytes = new TextEncoder().encode(`${percentDecoded(username)}:${percentDecoded(password)}`)
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` }
}
