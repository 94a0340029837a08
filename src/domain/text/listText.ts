/** Lists words as in a sentence: "a", "a and b", "a, b and c". */
export function listText(words: readonly string[]): string {
  const [before, last] = [words.slice(0, -1), words.at(-1) ?? '']
  return before.length === 0 ? last : `${before.join(', ')} and ${last}`
}
