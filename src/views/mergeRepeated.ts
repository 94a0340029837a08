/**
 * Returns a sentence for each entry, and none for those without one. Entries in a row whose sentences differ only in
 * their time share the sentence of the first one, which says how often the same followed.
 */
export function mergeRepeated<Entry>(
  entries: readonly Entry[],
  sentenceOn: (entry: Entry, time: string) => string | undefined,
  timeOf: (entry: Entry) => string,
): readonly string[] {
  const runs: { readonly words: string; readonly said: string; last: Entry; more: number }[] = []
  for (const entry of entries) {
    const words = sentenceOn(entry, '')
    const said = sentenceOn(entry, timeOf(entry))
    if (words === undefined || said === undefined) continue
    const run = runs.at(-1)
    if (run !== undefined && run.words === words) {
      run.last = entry
      run.more += 1
    } else runs.push({ words, said, last: entry, more: 0 })
  }
  return runs.map(({ said, last, more }) =>
    more === 0
      ? said
      : `${said} The same ${more === 1 ? 'once' : `${more} times`} more, the last time ${timeOf(last)}.`,
  )
}
