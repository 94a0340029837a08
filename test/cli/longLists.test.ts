import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cliHere } from '../support/cliHere.js'
import { seedState } from '../support/seededState.js'
import { temporaryDirectory } from '../support/storeGiven.js'

const directory = temporaryDirectory()
beforeAll(() => seedState(directory.path))
afterAll(() => directory[Symbol.dispose]())

async function printed(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await cliHere(args, directory.path)
  expect({ code, err }).toStrictEqual({ code: 0, err: '' })
  return out
}

async function json(...args: readonly string[]): Promise<unknown> {
  return JSON.parse(await printed(...args, '--json'))
}

describe('a long list', () => {
  it.each([
    ['proposals', 3],
    ['upgrades', 4],
  ])('of %s is cut as text, with the number of omitted items, and complete as JSON', async (command, count) => {
    expect((await printed(command, '--limit', '1')).split('\n').slice(1)).toStrictEqual([
      expect.stringMatching(/^local/),
      '',
      `and ${count - 1} more: --limit N shows so many`,
      '',
    ])
    expect(await printed(command, '--limit', String(count))).toBe(await printed(command))
    expect(await json(command)).toHaveLength(count)
    expect(await json(command, '--limit', '1')).toHaveLength(1)
  })

  it('is printed as one document, an item at a time', async () => {
    const all = await json('proposals')

    expect(await printed('proposals', '--json')).toBe(`${JSON.stringify(all, null, 2)}\n`)
    expect(await printed('proposals', '--status', 'failed', '--json')).toBe('[]\n')
  })
})
