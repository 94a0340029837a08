import { describe, expect, it } from 'vitest'
import { createLogger } from '../../src/cli/logger.js'
import type { Terminal } from '../../src/cli/Terminal.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import { SourceError } from '../../src/domain/errors.js'
import { minimal } from '../support/configs.js'

const secret = '0123456789abcdef0123'

function logged(log: object, terminal: Partial<Terminal> = {}) {
  const notes: string[] = []
  const config = parseConfig(minimal({ rpc: { urls: [`https://rpc.example.org/v3/${secret}`] } }, { log }))
  const silent = {
    out: () => undefined,
    taken: () => Promise.resolve(),
    width: 80,
    color: false,
    noteWidth: 80,
    noteColor: false,
    attended: false,
  }
  return {
    notes,
    ...createLogger(config, {
      terminal: { ...silent, note: (text) => void notes.push(text), ...terminal },
      now: () => 0,
    }),
  }
}

describe('the log', () => {
  it('is formatted as text on a terminal or if configured, with the date first, and holds no secret', () => {
    for (const { log, notes } of [logged({}, { attended: true }), logged({ format: 'pretty' })]) {
      log.info({ chain: 'local' }, `GET https://rpc.example.org/v3/${secret} failed`)
      log.error({ err: new SourceError('transient', `no project ${secret}`) }, 'again')

      expect(notes.map((line) => line.replace(/^\d\d:\d\d:\d\d\S*/, 'HH:MM:SS'))).toStrictEqual([
        expect.stringMatching(/^\d{4}-\d\d-\d\d, times are UTC/),
        'HH:MM:SS  local: GET https://rpc.example.org failed',
        'HH:MM:SS  error: again: no project (secret)',
      ])
    }
  })

  it('shows progress as one updated line on a terminal only; otherwise progress is logged', () => {
    const people = { attended: true, draw: () => undefined }
    expect(logged({}, people).onProgress).toBeTypeOf('function')
    expect(logged({ format: 'json' }, people).onProgress).toBeUndefined()
    expect(logged({}, { attended: true }).onProgress).toBeUndefined()
    expect(logged({ format: 'pretty' }).onProgress).toBeUndefined()
  })

  it('respects the configured level', () => {
    const { log, notes } = logged({ level: 'warn', format: 'pretty' })
    log.info('not this')
    log.warn('but this')
    expect(notes.slice(1)).toStrictEqual([expect.stringMatching(/ {2}warning: but this$/)])
  })

  it('holds no secret at any depth', () => {
    const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ inner }), secret)
    const { log, notes } = logged({ format: 'pretty' })
    log.info({ deep }, 'said')

    expect(notes.join('')).toContain('said')
    expect(notes.join('')).not.toContain(secret)
  })

  it('holds no secret in its fields or their values', () => {
    const { log, notes } = logged({ format: 'pretty' })
    log.info({ output: [`key ${secret}`], by: { name: secret } }, 'ran')
    expect(notes.at(-1)).toContain('key (secret)')
    expect(notes.join()).not.toContain(secret)
  })
})
