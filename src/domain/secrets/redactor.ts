import { redactUrl } from './redact.js'
import { secretForms } from './secretForms.js'
import { secretsInUrl, wordsOfNames } from './secretsInUrl.js'

/** The values to hide. */
export interface Concealed {
  /** URLs whose hosts may be shown; their users, paths and queries may contain keys. */
  readonly urls: readonly string[]
  /** Values that are secret as they are. */
  readonly secrets?: readonly string[]
  /** Values of headers. The whole value is secret, and so is the part after a scheme such as `Bearer`. */
  readonly headers?: readonly string[]
  /** Names that are public. A part of a path that consists of their words is not secret. */
  readonly names?: readonly string[]
}

interface Form {
  readonly text: string
  readonly instead: string
  /** True if it looks like a word. It is then hidden only as a separate word; otherwise `test` would spoil `latest`. */
  readonly alone: boolean
}

// Minimum length of a secret that is hidden. Shorter ones would hide half of every text.
const least = 4
// Minimum length of a secret's beginning at the end of a cut text. A match of this length is no coincidence.
const leastBeginning = 8
const hidden = '(secret)'
const word = /^(?:[a-z]{4,7}|[A-Z]{4,7}|[A-Z][a-z]{3,6})$/

/**
 * Returns a function that replaces every secret of four characters or more in a text, in every form in which a server
 * may return it; see {@link secretForms}. It takes time linear in the text.
 */
export function redactor({ urls, secrets = [], headers = [], names = [] }: Concealed): (text: string) => string {
  const told = wordsOfNames(names)
  const forms: readonly (readonly [string, string])[] = [
    // The replacement itself is kept, whatever the secrets are.
    [hidden, hidden],
    ...urls.flatMap(wholeUrls),
    ...[...urls.flatMap((url) => secretsInUrl(url, told)), ...secrets, ...headers.flatMap(partsOfHeader)].flatMap(
      (secret) => secretForms(secret).map((form) => [form, hidden] as const),
    ),
  ]
  const index = new Map<string, Form[]>()
  for (const [text, instead] of new Map(forms.filter(([text]) => text.length >= least).toReversed())) {
    const key = text.slice(0, least)
    index.set(key, [...(index.get(key) ?? []), { text, instead, alone: word.test(text) }])
  }
  for (const list of index.values()) list.sort((a, b) => b.text.length - a.text.length)
  // Most texts contain no secret, so one regular expression searches for all beginnings.
  const beginnings = new RegExp([...index.keys()].map(literal).join('|'), 'g')
  function nextBeginning(text: string, from: number): number {
    beginnings.lastIndex = from
    return beginnings.exec(text)?.index ?? text.length
  }

  return (text) => {
    let shown = ''
    let kept = 0
    for (let at = nextBeginning(text, 0); at < text.length; at = nextBeginning(text, at)) {
      const known = index.get(text.slice(at, at + least))
      const form = known?.find(
        (one) => text.startsWith(one.text, at) && (!one.alone || standsAlone(text, at, one.text.length)),
      )
      if (form === undefined && known?.some((one) => isBeginning(one, text, at)) === true)
        return shown + text.slice(kept, at) + hidden
      if (form === undefined) at += 1
      else {
        shown += text.slice(kept, at) + form.instead
        at += form.text.length
        kept = at
      }
    }
    return kept === 0 ? text : shown + text.slice(kept)
  }
}

/** Returns a regular expression source that matches exactly this text. */
function literal(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Returns the ways in which the URL may be written, if it contains anything to hide. */
function wholeUrls(url: string): readonly (readonly [string, string])[] {
  const { href, username, password, pathname, search } = new URL(url)
  if (search === '' && username === '' && password === '' && pathname === '/') return []
  return [url, href, href.replace(/\/$/, '')].map((text) => [text, redactUrl(url)] as const)
}

function partsOfHeader(value: string): readonly string[] {
  const [, scheme = '', rest] = /^([A-Za-z][\w-]*)[ \t]+(\S.*)$/.exec(value) ?? []
  return rest === undefined ? [value] : [value, rest, ...(scheme.toLowerCase() === 'basic' ? fromBase64(rest) : [])]
}

/** Returns user and password, together and separately, from a header for basic authentication. */
function fromBase64(text: string): readonly string[] {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    const pair = new TextDecoder().decode(bytes)
    const [user = '', ...others] = pair.split(':')
    return [pair, user, others.join(':')]
  } catch {
    return []
  }
}

/** Returns true if the text ends in the middle of a secret, also if an ellipsis marks the cut. */
function isBeginning({ text: secret, instead }: Form, text: string, at: number): boolean {
  const length = text.length - at
  if (instead !== hidden || secret === hidden || length < leastBeginning || length > secret.length) return false
  const rest = text.slice(at)
  const cut = rest.endsWith('…') ? rest.slice(0, -1) : rest
  return cut.length >= leastBeginning && cut.length < secret.length && secret.startsWith(cut)
}

function standsAlone(text: string, at: number, length: number): boolean {
  if (/[A-Za-z0-9]/.test(text.charAt(at + length))) return false
  // A letter before it may be the end of an escape: %2F, \n, \u00fc.
  return /(?:^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf]|\\u[0-9A-Fa-f]{4})$/.test(text.slice(Math.max(0, at - 6), at))
}
