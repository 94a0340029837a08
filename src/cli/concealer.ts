import type { Config } from '../config/schema.js'
import { redactUrl } from '../domain/redact.js'

/** Puts something harmless in the place of every secret of a configuration, in any text. */
export function concealer(config: Config): (text: string) => string {
  const urls = [
    ...config.chains.flatMap(({ rpc, governance }) => [...rpc.urls, ...governance.rest]),
    ...config.notifier.handlers.flatMap((handler) => ('url' in handler ? [handler.url] : [])),
  ]
  const secrets = config.notifier.handlers.flatMap((handler) => ('secret' in handler ? [handler.secret] : []))
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
