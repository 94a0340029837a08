/** A part of a URL in plain letters. What is no valid escape, such as a stray `%`, stands for itself. */
export function percentDecoded(part: string): string {
  return part.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}
