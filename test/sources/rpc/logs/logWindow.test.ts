import { describe, expect, it } from 'vitest'
import { afterGood, afterRefusal, type LogWindow } from '../../../../src/sources/rpc/logs/logWindow.js'
import { usableWindow } from '../../../../src/sources/rpc/logs/suggestedRange.js'

describe('the window of eth_getLogs', () => {
  it('halves when it is refused, down to one block, or becomes the range that the node proposes', () => {
    expect(afterRefusal(100n, undefined).size).toBe(50n)
    expect(afterRefusal(1n, undefined).size).toBe(1n)
    expect(afterRefusal(100n, 7n).size).toBe(7n)
  })

  it('grows back after eight full windows, never above its limit', () => {
    let window: LogWindow = { size: 50n, good: 0 }
    for (let read = 0; read < 7; read++) window = afterGood(window, 50n, 80n)
    expect(window.size).toBe(50n)
    window = afterGood(window, 50n, 80n)
    expect(window.size).toBe(80n)
    expect(afterGood({ size: 50n, good: 7 }, 3n, 80n)).toStrictEqual({ size: 50n, good: 7 })
  })

  it('accepts a proposed range only if it starts at the requested block and is narrower', () => {
    const asked = { from: 100n, to: 199n }
    expect(usableWindow(asked, { from: 100n, to: 149n })).toBe(50n)
    expect(usableWindow(asked, { from: 0n, to: 149n })).toBeUndefined()
    expect(usableWindow(asked, { from: 100n, to: 199n })).toBeUndefined()
    expect(usableWindow(asked, { from: 100n, to: 50n })).toBeUndefined()
    expect(usableWindow(asked, undefined)).toBeUndefined()
  })
})
