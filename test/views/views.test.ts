import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const commands = new URL('../../src/cli/commands/', import.meta.url)

/** What the commands pass to `printJson`, each with its file. */
const printed = readdirSync(commands).flatMap((file) =>
  [...readFileSync(new URL(file, commands), 'utf8').matchAll(/printJson(?:List)?\(\s*terminal,\s*(.+)/g)].map(
    ([, document = '']) => ({ file, document }),
  ),
)

describe('the JSON of the command line', () => {
  it('is made in src/views, for use by the rest of the program', () => {
    expect(printed.length).toBeGreaterThan(10)
    // What is not there is null or empty.
    expect(printed.filter(({ document }) => !/View\b|^null\)|^\[\]\)/.test(document))).toStrictEqual([])
  })
})
