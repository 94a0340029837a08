/** One line of a calendar: its name with parameters, and its value. */
export type Property = readonly [name: string, value: string]

/** Renders a calendar component as in RFC 5545. */
export function component(name: string, properties: readonly Property[], inner = ''): string {
  const lines = properties.map(([key, value]) => folded(`${key}:${value}`)).join('')
  return `BEGIN:${name}\r\n${lines}${inner}END:${name}\r\n`
}

/** Encodes a value of type TEXT. Line breaks are escaped; the caller must remove other control characters. */
export function textValue(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|[\r\n]/g, '\\n')
}

/** Converts an ISO 8601 text in UTC to a value of type DATE-TIME. */
export function timeValue(iso: string): string {
  return iso.replace(/[-:]|\.\d+/g, '')
}

const mostOctets = 75

/** Folds a line into parts of at most 75 octets without splitting a character (RFC 5545, 3.1). */
function folded(line: string): string {
  let parts = ''
  let octets = 0
  for (const character of line) {
    const more = octetsOf(character.codePointAt(0) ?? 0)
    if (octets + more > mostOctets) {
      parts += '\r\n '
      octets = 1
    }
    parts += character
    octets += more
  }
  return `${parts}\r\n`
}

/** Number of octets of a character in UTF-8. */
function octetsOf(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}
