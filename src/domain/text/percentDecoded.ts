/** Decodes a percent-encoded part of a URL. Invalid escapes, such as a stray `%`, are kept. */
export function percentDecoded(part: string): string {
  return part.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}
