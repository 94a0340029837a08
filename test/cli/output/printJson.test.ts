import { describe, expect, it } from 'vitest'
import { pageByPage } from '../../../src/cli/output/longList.js'
import { printJsonList } from '../../../src/cli/output/printJson.js'
import type { Terminal } from '../../../src/cli/Terminal.js'

/** A reader that takes the output only when asked to. */
function slowReader() {
  let held = ''
  const read = { text: '', most: 0, pauses: 0 }
  const terminal: Terminal = {
    out: (text) => {
      held += `${text}\n`
      read.most = Math.max(read.most, held.length)
    },
    taken: async () => {
      await Promise.resolve()
      read.pauses += 1
      read.text += held
      held = ''
    },
    note: () => undefined,
    width: Infinity,
    color: false,
    noteWidth: Infinity,
    noteColor: false,
    attended: false,
  }
  return { terminal, read }
}

describe('a list as one JSON document', () => {
  it.each([0, 1, 2, 500, 5_000])('of %i items equals JSON.stringify', async (count) => {
    const items = Array.from({ length: count }, (_, id) => ({ id, text: 'x'.repeat(id % 300), of: [{ id }] }))
    const { terminal, read } = slowReader()

    await printJsonList(terminal, items, (item) => item)
    await terminal.taken()

    expect(read.text).toBe(`${JSON.stringify(items, null, 2)}\n`)
  })

  it('is read only as fast as it is written: at most one block is buffered', async () => {
    const { terminal, read } = slowReader()
    let asked = 0
    function* items(): Generator<string> {
      for (; asked < 10_000; asked += 1) {
        // A block and an item of each kind of list.
        expect(asked * 100 - read.text.length).toBeLessThan(2 * 65_536)
        yield 'x'.repeat(100)
      }
    }

    await printJsonList(terminal, items(), (item) => item)

    expect(asked).toBe(10_000)
    expect(read.pauses).toBeGreaterThan(10)
    expect(read.most).toBeLessThan(65_536 + 1_000)
  })
})

describe('a list read page by page', () => {
  it.each([0, 1, 255, 256, 257, 1_000])('of %i items is complete, and no more items are read than needed', (size) => {
    const all = Array.from({ length: size }, (_, at) => at)
    let given = 0
    const page = (count: number, last = -1): readonly number[] => {
      const items = all.slice(last + 1, last + 1 + count)
      given += items.length
      return items
    }

    expect([...pageByPage(page)]).toStrictEqual(all)
    given = 0
    expect([...pageByPage(page, 300)]).toStrictEqual(all.slice(0, 300))
    expect(given).toBe(Math.min(300, size))
  })
})
