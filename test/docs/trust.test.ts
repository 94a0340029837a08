import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pageText, root, tableOf } from './pages.js'

const promises = [
  ...tableOf('docs/trust.md', ['#', 'Promise', 'Held by', 'Tries', 'Does not cover']).map(([, ...cells]) => cells),
  ...tableOf('docs/trust.md', ['Promise', 'Held by', 'Tries', 'Does not cover']),
]
const page = pageText('docs/trust.md')
/** Every test that the page names: a file may be followed by several titles. */
const named = [...page.matchAll(/\]\(\.\.\/(test\/[^)]+\.test\.ts)\) ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(
  ([, file = '', titles = '']) =>
    titles
      .slice(1, -1)
      .split('", "')
      .map((title) => ({ file, title })),
)

describe('docs/trust.md', () => {
  it.each(named)('names the test "$title", which is in $file', ({ file, title }) => {
    const path = new URL(file, root)
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    expect([`'${title}'`, `"${title}"`].some((quoted) => text.includes(quoted))).toBe(true)
  })

  it('names for each promise the test that holds it, and the number of tries', () => {
    expect(promises.length).toBeGreaterThan(20)
    expect(promises.filter(([, test = '', tries = '']) => !test.includes('.test.ts) "') || tries === '')).toStrictEqual(
      [],
    )
  })

  it('has a promise for each invariant of the architecture', () => {
    const numbers = tableOf('docs/trust.md', ['#', 'Promise', 'Held by', 'Tries', 'Does not cover']).map(([one]) => one)
    const invariants = tableOf('docs/architecture.md', ['#', 'Invariant', 'Implemented in', 'Tested in']).map(
      ([one]) => one,
    )
    expect([...new Set(numbers)]).toStrictEqual(invariants)
  })
})
