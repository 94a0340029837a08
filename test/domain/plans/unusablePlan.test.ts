import { describe, expect, it } from 'vitest'
import { extractPlan } from '../../../src/domain/plans/extractPlan.js'
import { from, block, call } from './planText.js'

describe('an unusable plan', () => {
  it.each([
    [
      'invalid JSON',
      '{"name":"v2","height":123,}',
      '',
      0,
      'The upgrade-plan block is not valid JSON, so its plan cannot be read.',
    ],
    ['no text', '', '', 0, 'The upgrade-plan block is not valid JSON, so its plan cannot be read.'],
    [
      'words after the JSON',
      '{"name":"v2","height":123} ok',
      '',
      0,
      'The upgrade-plan block is not valid JSON, so its plan cannot be read.',
    ],
    ['a list', '[]', '', 0, 'The plan is not a JSON object with a name and a height.'],
    ['null', 'null', '', 0, 'The plan is not a JSON object with a name and a height.'],
    ['no name', '{"height":123}', '', 123, 'The plan has no name.'],
    ['a name that is a number', '{"name":2,"height":123}', '', 123, "The plan's name is not a text."],
    [
      'a name that leaves its directory',
      '{"name":"../v2","height":123}',
      '../v2',
      123,
      "The plan's name holds a slash, which could lead out of the upgrade directory.",
    ],
    [
      'a name with a line break',
      '{"name":"v2\\n","height":123}',
      'v2',
      123,
      "The plan's name holds characters that cannot be seen.",
    ],
    [
      'a very long name',
      `{"name":"${'v'.repeat(999)}","height":123}`,
      `${'v'.repeat(127)}…`,
      123,
      "The plan's name is longer than 128 characters.",
    ],
    ['no height', '{"name":"v2"}', 'v2', 0, 'The plan has no height.'],
    ['a height in words', '{"name":"v2","height":"soon"}', 'v2', 0, "The plan's height is not a number."],
    ['a height with commas', '{"name":"v2","height":"1,000"}', 'v2', 0, "The plan's height is not a number."],
    ['a height in hex', '{"name":"v2","height":"0x10"}', 'v2', 0, "The plan's height is not a number."],
    ['an infinite height', '{"name":"v2","height":1e999}', 'v2', 0, "The plan's height is not a number."],
    ['a height of zero', '{"name":"v2","height":0}', 'v2', 0, "The plan's height 0 is not above 0."],
    ['a negative height', '{"name":"v2","height":"-5"}', 'v2', -5, "The plan's height -5 is not above 0."],
    ['a fractional height', '{"name":"v2","height":1.5}', 'v2', 1.5, "The plan's height 1.5 is not a whole number."],
    [
      'a height too large',
      '{"name":"v2","height":9007199254740992}',
      'v2',
      2 ** 53,
      "The plan's height is above 9007199254740991, the largest exact one.",
    ],
    [
      'info that is a list',
      '{"name":"v2","height":123,"info":[1]}',
      'v2',
      123,
      "The plan's info is neither a text nor an object.",
    ],
    [
      'very long info',
      `{"name":"v2","height":123,"info":"${'x'.repeat(65_537)}"}`,
      'v2',
      123,
      "The plan's info is longer than 65536 characters.",
    ],
    [
      'deeply nested info',
      `{"name":"v2","height":123,"info":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      'v2',
      123,
      "The plan's info is nested too deeply.",
    ],
  ])('has %s', (_, json, name, height, problem) => {
    expect(from(block(json))).toStrictEqual({ origin: 'fenced-block', plan: { name, height }, problems: [problem] })
  })

  it('does not include info of exactly the maximum length', () => {
    const info = 'x'.repeat(65_536)
    const plan = { name: 'v2', height: 123, info }
    expect(from(block(JSON.stringify(plan)))).toMatchObject({ plan, problems: [] })
  })

  it('may be a memo that was meant as a plan', () => {
    expect(from('', '{"name":"v2","height":123,}')?.problems).toStrictEqual([
      'The memo is not valid JSON, so its plan cannot be read.',
    ])
    expect(from('', '{"height":123,"info":"x"}')?.problems).toStrictEqual(['The plan has no name.'])
  })

  it('may be a call with a height above the largest safe integer', () => {
    expect(extractPlan({ description: '', actions: [call('v2', 2n ** 256n - 1n)] })?.problems).toStrictEqual([
      "The plan's height is above 9007199254740991, the largest exact one.",
    ])
  })
})
