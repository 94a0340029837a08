import { redactUrl } from './redact.js'

/** What must not be seen. */
export interface Concealed {
  /** Their hosts may be seen, their users, paths and queries may hold keys. */
  readonly urls: readonly string[]
  readonly secrets?: readonly string[]
}

/** Puts something harmless in the place of every secret, in any text. */
export function concealing({ urls, secrets = [] }: Concealed): (text: string) => string {
  const replacements = [
    ...urls.flatMap((url) => partsOf(url)),
    ...secrets.map((secret): readonly [string, string] => [secret, '(secret)']),
  ]
    // A JSON line holds a text in its escaped form.
    .flatMap(([part, instead]) => [[part, instead], [JSON.stringify(part).slice(1, -1), instead]] as const)
    .filter(([part, instead], at, all) => part !== instead && all.findIndex(([other]) => other === part) === at)
    .sort(([a], [b]) => b.length - a.length)
  return (text) => replacements.reduce((left, [part, instead]) => left.replaceAll(part, instead), text)
}

/** The URL as a whole, and the parts of it that are keys by themselves. */
function partsOf(url: string): readonly (readonly [string, string])[] {
  const { href, username, password, pathname, search, searchParams } = new URL(url)
  const whole = search === '' && username === '' && password === '' && pathname === '/' ? [] : [url, href, href.replace(/\/$/, '')]
  const keys = [password, ...pathname.split('/'), ...searchParams.values()].filter((part) => part.length >= 16)
  return [
    ...whole.map((text): readonly [string, string] => [text, redactUrl(url)]),
    ...keys.map((text): readonly [string, string] => [text, '(secret)']),
  ]
}
