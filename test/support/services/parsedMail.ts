/** A mail as parsed by a mail program. */
export interface ParsedMail {
  /** Unfolded and decoded, by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  readonly html: string
  /** As received. */
  readonly raw: string
  /** Violations of the standards. */
  readonly faults: readonly string[]
}

const encodedWord = /=\?[^?\s]+\?[BQbq]\?[^?\s]*\?=/g
const messageId = /^<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>$/
// Headers that must be present exactly once.
const required = ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type', 'auto-submitted']

export function parsedMail(bytes: Buffer): ParsedMail {
  const raw = bytes.toString('latin1')
  const [head = '', body = ''] = splitHead(raw)
  const all = headersIn(head)
  const headers = new Map(all)
  const parts = leaves(headers, body)
  const ofType = (type: string): string => parts.find(([found]) => found.startsWith(type))?.[1] ?? ''
  return {
    headers,
    text: ofType('text/plain'),
    html: ofType('text/html'),
    raw,
    faults: [...faultsOf(raw, head, all), ...faultsOfIds(headers)],
  }
}

function faultsOf(raw: string, head: string, headers: readonly (readonly [string, string])[]): readonly string[] {
  const lines = raw.split('\r\n')
  const names = headers.map(([name]) => name)
  return [
    ...lines.filter((line) => line.length > 998).map((line) => `a line of ${line.length} letters`),
    ...(/(?<!\r)\n|\r(?!\n)/.test(raw) ? ['a bare line break'] : []),
    ...(/[^\x00-\x7f]/.test(head) ? ['a header that is not ASCII'] : []),
    ...(head.match(encodedWord) ?? []).filter((word) => word.length > 75).map((word) => `an encoded word ${word}`),
    ...head
      .split('\r\n')
      .filter((line) => line.length > 76 && line.search(encodedWord) >= 0)
      .map((line) => `a long line ${line}`),
    ...required.filter((name) => names.filter((one) => one === name).length !== 1).map((name) => `not one ${name}`),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `two ${name}`),
  ]
}

function faultsOfIds(headers: ReadonlyMap<string, string>): readonly string[] {
  const ids = ['message-id', 'in-reply-to', 'references'].flatMap((name) => (headers.get(name) ?? '').split(' '))
  return [
    ...ids.filter((id) => !messageId.test(id)).map((id) => `an id that is none: ${id}`),
    ...(headers.get('auto-submitted') === 'auto-generated' ? [] : ['no Auto-Submitted']),
    ...(/^[^<>]* ?<[A-Za-z0-9.-]+\.[A-Za-z0-9.-]+>$/.test(headers.get('list-id') ?? '')
      ? []
      : ['a List-Id that is none']),
  ]
}

function splitHead(raw: string): readonly string[] {
  const end = raw.indexOf('\r\n\r\n')
  return end < 0 ? [raw, ''] : [raw.slice(0, end), raw.slice(end + 4)]
}

function headersIn(head: string): readonly (readonly [string, string])[] {
  return head
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), decodedWords(line.slice(colon + 1).trim())] as const
    })
}

function decodedWords(text: string): string {
  return text
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?[^?]+\?([BQbq])\?([^?]*)\?=/g, (_word, form: string, inner: string) =>
      form.toLowerCase() === 'b'
        ? Buffer.from(inner, 'base64').toString('utf8')
        : fromQuoted(inner.replaceAll('_', ' ')),
    )
}

function fromQuoted(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** Type and text of each part that has no other parts. */
function leaves(headers: ReadonlyMap<string, string>, body: string): readonly (readonly [string, string])[] {
  const type = headers.get('content-type') ?? 'text/plain'
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary !== undefined) {
    const sections = body.split(`--${boundary}`).slice(1, -1)
    return sections.flatMap((section) => {
      const [head = '', inner = ''] = splitHead(section.replace(/^\r\n|\r\n$/g, ''))
      return leaves(new Map(headersIn(head)), inner)
    })
  }
  const encoding = (headers.get('content-transfer-encoding') ?? '7bit').toLowerCase()
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString('utf8')
      : encoding === 'quoted-printable'
        ? fromQuoted(body)
        : Buffer.from(body, 'latin1').toString('utf8')
  return [[type, text.replaceAll('\r\n', '\n')]]
}
