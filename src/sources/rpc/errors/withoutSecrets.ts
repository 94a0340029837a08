// Maximum length of the result, in characters: enough for a sentence, short enough for a log line.
const maxLength = 300
// Maximum number of characters examined, because the pattern below can take quadratic time.
const maxRead = 2_000

/** Makes the text of a node safe to show: on one line, limited in length, without URLs, because those may hold keys. */
export function withoutSecrets(text: string): string {
  const line = text
    .slice(0, maxRead)
    .replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, '(URL)')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}…` : line
}
