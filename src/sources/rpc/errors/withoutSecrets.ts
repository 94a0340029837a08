// Long enough for a sentence of a node, short enough for a log line.
const maxLength = 300
// The pattern below may look at a text as often as it is long: no more than this much of one is looked at.
const maxRead = 2_000

/** A text of a node as it may be shown: on one line, capped, without addresses of servers, for those may hold keys. */
export function withoutSecrets(text: string): string {
  const line = text
    .slice(0, maxRead)
    .replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, '(URL)')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}…` : line
}
