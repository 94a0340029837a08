import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exposition } from '../../../src/views/metrics/exposition.js'

describe('the text format of Prometheus', () => {
  it('has the help and type of a metric, then its series', () => {
    const samples = [{ value: 1 }, { labels: { chain: 'main', state: 'up' }, value: 10n ** 20n }]
    expect(exposition([{ name: 'govstream_x', type: 'gauge', help: 'What it is.', samples }])).toBe(
      [
        '# HELP govstream_x What it is.',
        '# TYPE govstream_x gauge',
        'govstream_x 1',
        'govstream_x{chain="main",state="up"} 100000000000000000000',
        '',
      ].join('\n'),
    )
  })

  it('omits a metric without series', () => {
    expect(exposition([{ name: 'govstream_x', type: 'gauge', help: 'What it is.', samples: [] }])).toBe('')
  })

  it('escapes labels, and preserves them', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('"', '\\', '\n', '}', '\ud800'), fc.string()) })
    fc.assert(
      fc.property(text, (chain) => {
        const samples = [{ labels: { chain }, value: 1 }]
        const lines = exposition([{ name: 'x', type: 'gauge', help: 'X.', samples }]).split('\n')
        expect(lines).toHaveLength(4)
        const [, value = ''] = /^x\{chain="((?:[^"\\]|\\.)*)"\} 1$/u.exec(lines[2] ?? '') ?? []
        expect(value.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))).toBe(chain.toWellFormed())
      }),
    )
  })
})
