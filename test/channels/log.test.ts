import { Writable } from 'node:stream'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import type { LogWriter } from '../../src/channels/Channel.js'
import { logHandler } from '../../src/channels/log.js'
import { notification } from '../support/storeGiven.js'

const { signal } = new AbortController()

function lines(): { readonly write: LogWriter; readonly written: unknown[][] } {
  const written: unknown[][] = []
  const at = (level: string) => (fields: unknown, line: string) => void written.push([level, fields, line])
  return { written, write: { info: at('info'), warn: at('warn'), error: at('error') } }
}

describe('logHandler', () => {
  it('writes one line with all fields', async () => {
    const { write, written } = lines()
    await logHandler({ write }).handle(notification('n-1', { data: { height: 5 } }), { signal })
    expect(written).toStrictEqual([
      [
        'info',
        {
          notification: 'n-1',
          event: 'new_proposal',
          priority: 'medium',
          chain: 'local',
          timestamp: '2025-01-01T00:00:00Z',
          message: 'Vote on it.',
          data: { height: 5 },
        },
        'New: n-1',
      ],
    ])
  })

  it.each([
    ['low', 'info'],
    ['medium', 'info'],
    ['high', 'warn'],
    ['critical', 'error'],
  ] as const)('%s is %s', async (priority, level) => {
    const { write, written } = lines()
    await logHandler({ write }).handle(notification('n-1', { priority }), { signal })
    expect(written[0]?.[0]).toBe(level)
  })

  it('keeps the line breaks of a message, and no other control characters', async () => {
    const { write, written } = lines()
    await logHandler({ write }).handle(notification('n-1', { message: 'One.\n\u001b[2JTwo\u202e.\r\u0007' }), {
      signal,
    })
    expect(written[0]?.[1]).toMatchObject({ message: 'One.\nTwo.' })
  })

  it('does not log a planned upgrade as an error', async () => {
    const { write, written } = lines()
    await logHandler({ write }).handle(notification('n-1', { event: 'upgrade_triggered', priority: 'critical' }), {
      signal,
    })
    expect(written[0]?.[0]).toBe('warn')
  })

  it('removes terminal control characters everywhere', async () => {
    const { write, written } = lines()
    const evil = 'a\u001b[2J\u009b31m\u202eb\u2028c\r\nd\u0007'
    await logHandler({ write }).handle(
      notification('n-1', { title: evil, message: evil, data: { [evil]: [evil, { deep: evil }] } }),
      { signal },
    )
    const everything = JSON.stringify(
      written.map(([level, fields, line]) => [level, { ...(typeof fields === 'object' && fields), message: '' }, line]),
    )
    expect(everything).toContain('ab c d')
    expect(everything).not.toMatch(/\\u001b|\\n|\\r|\\u0007|[\u0080-\u009f\u202e\u2028]/)
  })

  it('accepts a pino logger', async () => {
    const written: string[] = []
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        written.push(String(chunk))
        done()
      },
    })
    await logHandler({ write: pino(stream) }).handle(notification('n-1', { priority: 'critical' }), { signal })
    expect(JSON.parse(written.join(''))).toMatchObject({ level: 50, msg: 'New: n-1', event: 'new_proposal' })
  })
})
