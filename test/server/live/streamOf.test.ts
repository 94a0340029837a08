import { describe, expect, it } from 'vitest'
import { streamOf } from '../../../src/server/live/streamOf.js'

/** An endless body of numbered parts, and how many were made. */
function numberedBody() {
  let made = 0
  const ended: unknown[] = []
  const body = streamOf(
    () => ({
      next: () => {
        made += 1
        return Promise.resolve({ value: new TextEncoder().encode(`${made} `) })
      },
    }),
    () => ended.push('end'),
    (cause) => ended.push(cause),
  )
  return { body, made: () => made, ended }
}

/** Gives pending work the time to run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('a body of parts', () => {
  it('makes no part before it is read, and none in advance', async () => {
    const { body, made } = numberedBody()
    await settled()
    expect(made()).toBe(0)
    const reader = body.getReader()
    for (const count of [1, 2, 3]) {
      const { value } = await reader.read()
      expect(new TextDecoder().decode(value)).toBe(`${count} `)
      await settled()
      expect(made()).toBe(count)
    }
  })

  it('ends with its reader, once', async () => {
    const { body, made, ended } = numberedBody()
    const reader = body.getReader()
    await reader.read()
    await reader.cancel()
    await settled()
    expect([made(), ended]).toStrictEqual([1, ['end']])
  })

  it('ends if a part cannot be made, and reports the cause to the server only', async () => {
    const told: unknown[] = []
    const cause = new Error('the disk is gone')
    const body = streamOf(
      () => ({ next: () => Promise.reject(cause) }),
      () => told.push('end'),
      (why) => told.push(why),
    )
    expect(await body.getReader().read()).toMatchObject({ done: true })
    expect(told).toStrictEqual([cause, 'end'])
  })
})
