import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pageText, root, tableOf } from './pages.js'

const page = pageText('docs/security.md')
/** Every test that the page names: its file and its title. Several titles of a file follow each other. */
const named = [...page.matchAll(/\]\(\.\.\/(test\/[^)]+\.test\.ts)\) ("[^"]+"(?:(?:,| and) "[^"]+")*)/g)].flatMap(
  ([, file = '', titles = '']) =>
    titles.split(/(?<="),? (?:and )?(?=")/).map((title) => ({ file, title: title.slice(1, -1) })),
)
const threats = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:Wants|`|Package)/.test(line))

describe('docs/security.md', () => {
  it.each(named)('names the test "$title", which is in $file', ({ file, title }) => {
    const path = new URL(file, root)
    expect(existsSync(path) && readFileSync(path, 'utf8')).toContain(`'${title}'`)
  })

  it('names a test for each threat', () => {
    expect(threats.length).toBeGreaterThan(20)
    expect(threats.filter((line) => !/\]\(\.\.\/test\/[^)]+\) "[^"]+"/.test(line))).toStrictEqual([])
  })

  it('says why each runtime package is needed, and how many there are', () => {
    const parsed = z
      .object({ dependencies: z.record(z.string(), z.string()), peerDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')))
    const { dependencies, peerDependencies } = parsed
    const told = tableOf('docs/security.md', ['Package', 'Why no code of our own']).map(([name = '', why]) => [
      name,
      why !== '',
    ])
    expect(Object.fromEntries(told)).toStrictEqual(
      Object.fromEntries([...Object.keys(dependencies), ...Object.keys(peerDependencies)].map((name) => [name, true])),
    )
    expect(page).toContain(`${Object.keys(dependencies).length} packages at run time`)
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toStrictEqual([])
  })
})
