import { cleanLine } from './text.js'

const mostNames = 20
const mostLetters = 100

/** Lists names, cleaned and at most 20 of them, because they may come from anyone. */
export function namesText(names: Iterable<string>): string {
  const all = [...names]
  const more = all.length - mostNames
  const first = all.slice(0, mostNames).map((name) => cleanLine(name, mostLetters))
  return `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
