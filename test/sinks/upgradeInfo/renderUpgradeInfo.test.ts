import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { renderUpgradeInfo } from '../../../src/sinks/upgradeInfo/renderUpgradeInfo.js'
import type { UpgradeInfoProfile } from '../../../src/sinks/upgradeInfo/UpgradeInfoProfile.js'

const profiles = ['wemixvisor', 'cosmovisor', 'portable'] as const
type Info = NonNullable<Parameters<typeof renderUpgradeInfo>[0]['info']>

function textOf(profile: UpgradeInfoProfile, info?: Info): string {
  const rendering = renderUpgradeInfo({ name: 'v2', height: 1_000, ...(info !== undefined && { info }) }, profile)
  return rendering.ok ? rendering.text : `refused: ${rendering.problem}`
}

/** The reader of wemixvisor: encoding/json of Go into {name string, height int64, info map}. */
function readAsWemixvisor(text: string): unknown {
  return z
    .object({
      name: z.string().min(1),
      height: z.int().positive(),
      info: z.record(z.string(), z.unknown()).nullish(),
    })
    .parse(JSON.parse(text)).info
}

/** The reader of cosmovisor: encoding/json of Go into an upgrade Plan, then its validation. */
function readAsCosmovisor(text: string): unknown {
  return z
    .object({
      name: z.string().min(1),
      height: z.int().positive(),
      info: z.string().optional(),
      time: z.undefined().optional(),
      upgraded_client_state: z.undefined().optional(),
    })
    .parse(JSON.parse(text)).info
}

describe('renderUpgradeInfo', () => {
  const object = { binaries: { 'linux/amd64': 'https://example.com/wemixd' } }
  const quoted = '"{\\"binaries\\":{\\"linux/amd64\\":\\"https://example.com/wemixd\\"}}"'
  const plain = '{"name":"v2","height":1000}\n'
  const withInfo = (info: string) => `{"name":"v2","height":1000,"info":${info}}\n`

  it.each([
    ['wemixvisor', 'an object', object, withInfo(JSON.stringify(object))],
    ['wemixvisor', 'text that is an object', ` ${JSON.stringify(object)}`, withInfo(JSON.stringify(object))],
    ['wemixvisor', 'an address', 'https://example.com/v2', withInfo('{"raw":"https://example.com/v2"}')],
    ['wemixvisor', 'text that is a list', '[1]', withInfo('{"raw":"[1]"}')],
    ['wemixvisor', 'text that is null', 'null', withInfo('{"raw":"null"}')],
    ['wemixvisor', 'blank text', ' \n', plain],
    ['wemixvisor', 'nothing', undefined, plain],
    ['cosmovisor', 'an object', object, withInfo(quoted)],
    ['cosmovisor', 'text that is an object', JSON.stringify(object), withInfo(quoted)],
    ['cosmovisor', 'text, verbatim', '  two\nlines "quoted" ', withInfo('"  two\\nlines \\"quoted\\" "')],
    ['cosmovisor', 'empty text', '', plain],
    ['cosmovisor', 'nothing', undefined, plain],
    ['portable', 'an object', object, plain],
    ['portable', 'text', 'words', plain],
    ['portable', 'nothing', undefined, plain],
  ] as const)('%s, info is %s', (profile, _case, info, text) => {
    expect(textOf(profile, info)).toBe(text)
  })

  it.each(['', ' ', '.', '..', '../v2', 'a/b', 'a\\b', 'v2\0', 'v2\n', 'v\u202e2', 'v2\ud800', 'v'.repeat(300)])(
    'refuses the name %j',
    (name) => {
      for (const profile of profiles) expect(renderUpgradeInfo({ name, height: 1 }, profile).ok).toBe(false)
    },
  )

  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 53])('refuses the height %d', (height) => {
    for (const profile of profiles) expect(renderUpgradeInfo({ name: 'v2', height }, profile).ok).toBe(false)
  })

  it.each(['V2', '-v2', '.v2', 'v 2', 'v2+1', 'ünal'])('keeps the name %j for the profiles that support it', (name) => {
    expect(profiles.map((profile) => renderUpgradeInfo({ name, height: 1 }, profile).ok)).toStrictEqual([
      true,
      true,
      false,
    ])
  })

  it('wraps the text of an object that is nested too deep, and refuses such an object', () => {
    const depth = 100_000
    const deep = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    expect(textOf('wemixvisor', deep)).toBe(withInfo(JSON.stringify({ raw: deep })))
    let nested: Info = {}
    for (let level = 0; level < 1_000; level += 1) nested = { nested }
    expect(textOf('wemixvisor', nested)).toMatch(/^refused: Its info/)
    expect(textOf('cosmovisor', nested)).toMatch(/^refused: Its info/)
  })

  it('refuses info that is too long', () => {
    expect(textOf('cosmovisor', 'x'.repeat(2 ** 20))).toBe('refused: Its info is too long.')
  })

  it('writes a valid name, height and info for every reader, whatever the chain wrote', () => {
    const jsonText = fc.json().map((text) => text)
    const infos = fc.oneof(fc.string({ unit: 'binary' }), jsonText, fc.dictionary(fc.string(), fc.string()))
    const names = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/)
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), infos, (name, height, info) => {
        const texts = profiles.map((profile) => {
          const rendering = renderUpgradeInfo({ name, height, info }, profile)
          if (!rendering.ok) throw new Error(rendering.problem)
          return rendering.text
        })
        const [wemixvisor = '', cosmovisor = '', portable = ''] = texts
        for (const text of texts) {
          expect(
            z
              .object({ name: z.string(), height: z.number(), info: z.unknown().optional() })
              .strict()
              .parse(JSON.parse(text)),
          ).toMatchObject({ name, height })
          expect(text.split('\n')).toStrictEqual([text.slice(0, -1), ''])
        }
        const seenByWemixvisor = readAsWemixvisor(wemixvisor)
        if (typeof info === 'object')
          expect(seenByWemixvisor).toStrictEqual(
            Object.fromEntries(Object.entries(info).filter(([key]) => key !== '__proto__')),
          )
        const seenByCosmovisor = readAsCosmovisor(cosmovisor)
        if (typeof info === 'string')
          expect(seenByCosmovisor).toBe(info === '' ? undefined : JSON.parse(JSON.stringify(info)))
        expect([readAsWemixvisor(portable), readAsCosmovisor(portable)]).toStrictEqual([undefined, undefined])
      }),
    )
  })
})
