/** One line of a calendar: its name with its parameters, and its value. */
export type Property = readonly [name: string, value: string]

/** A component of a calendar as RFC 5545 writes it. */
export function component(name: string, properties: readonly Property[], inner = ''): string {
  const lines = properties.map(([key, value]) => folded(`${key}:${value}`)).join('')
  return `BEGIN:${name}\r\n${lines}${inner}END:${name}\r\n`
}

/** A value of the type TEXT: its line breaks stay; other controls, which the caller takes out, would too. */
export function textValue(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|[\r\n]/g, '\\n')
}

/** A value of the type DATE-TIME, in UTC, of an ISO 8601 text in UTC. */
export function timeValue(iso: string): string {
  return iso.replace(/[-:]|\.\d+/g, '')
}

const mostOctets = 75

/** A line in parts of at most 75 octets, none of which ends within a character (RFC 5545, 3.1). */
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

/** How many octets a character takes in UTF-8. */
function octetsOf(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}
