import { describe, expect, it } from 'vitest'
import { parseUpgradeInfo } from '../../../src/sinks/upgradeInfo/parseUpgradeInfo.js'

describe('parseUpgradeInfo', () => {
  it.each(['', '\n', ' \t\n'])('reads %j as an empty file', (text) => {
    expect(parseUpgradeInfo(text)).toStrictEqual({ kind: 'empty' })
  })

  it('reads name and height, and keeps other keys', () => {
    const text = '{"name":"v2","time":"0001-01-01T00:00:00Z","height":1000,"info":{"a":1},"x":[]}'
    expect(parseUpgradeInfo(text)).toStrictEqual({
      kind: 'plan',
      plan: { name: 'v2', height: 1_000 },
      rest: { time: '0001-01-01T00:00:00Z', info: { a: 1 }, x: [] },
    })
  })

  it('reads Windows line ends, and the last of duplicate keys, as a process manager does', () => {
    const text = '{\r\n  "name": "v2",\r\n  "height": 1000,\r\n  "name": "v3"\r\n}\r\n'
    expect(parseUpgradeInfo(text)).toMatchObject({ kind: 'plan', plan: { name: 'v3', height: 1_000 } })
  })

  it.each([
    ['half a file', '{"name":"v2","hei', 'is not JSON'],
    ['a comma too many', '{"name":"v2","height":1000,}', 'is not JSON'],
    [
      'a text with a byte order mark',
      '\uFEFF{"name":"v2","height":1000}',
      'begins with a byte order mark, so a process manager cannot read it as JSON',
    ],
    [
      'another plan in keys of other letters',
      '{"name":"v2","height":1000,"Name":"v3"}',
      'has the key "Name", which a process manager takes for "name"',
    ],
    [
      'a height in a key of other letters',
      '{"name":"v2","HEIGHT":900,"height":1000}',
      'has the key "HEIGHT", which a process manager takes for "height"',
    ],
    ...(['\uFEFF{"name":"v2","height":1000}', '{"name":"v2","height":1000}'] as const).flatMap((plan) => {
      const bytes = Buffer.from(plan, 'utf16le')
      const words = 'is text in UTF-16, which a process manager cannot read as JSON'
      return [
        [`${plan.length} letters in UTF-16`, bytes.toString('utf8'), words],
        [`${plan.length} letters in UTF-16, the other way round`, Buffer.from(bytes).swap16().toString('utf8'), words],
      ]
    }),
    ['prose', 'No upgrade info found', 'is not JSON'],
    ['zeros after a power cut', '\0\0\0\0', 'is not JSON'],
    ['a list', '[{"name":"v2","height":1}]', 'is not a JSON object'],
    ['null', 'null', 'is not a JSON object'],
    ['nothing in it', '{}', 'holds no plan name'],
    ['a blank name', '{"name":"","height":1}', 'holds no plan name'],
    ['a number for a name', '{"name":2,"height":1}', 'holds no plan name'],
    ['no height', '{"name":"v2"}', 'holds no plan height (a positive whole number)'],
    ['a height in quotes', '{"name":"v2","height":"1000"}', 'holds no plan height (a positive whole number)'],
    ['height 0', '{"name":"v2","height":0}', 'holds no plan height (a positive whole number)'],
    [
      'a height beyond the precision of JSON',
      '{"name":"v2","height":9007199254740993}',
      'holds no plan height (a positive whole number)',
    ],
  ])('does not accept %s', (_case, text, problem) => {
    expect(parseUpgradeInfo(text)).toMatchObject({ kind: 'foreign', problem })
  })
})
