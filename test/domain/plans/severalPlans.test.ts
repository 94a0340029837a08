import { describe, expect, it } from 'vitest'
import { extractPlan } from '../../../src/domain/plans/extractPlan.js'
import { from, block, call, v2 } from './planText.js'

describe('a plan that is invisible in the rendered text', () => {
  const unseen =
    'An upgrade-plan block stands within HTML or a comment, where a reader of the text does not see it as a plan.'
  const places: readonly [string, string, string][] = [
    ['a comment', '<!--\n\n', '\n-->'],
    ['a script', '<script>\n', '\n</script>'],
    ['a details element without a blank line', '<details>\n', '\n</details>'],
    ['a text field', '<textarea>\n', '\n</textarea>'],
    ['a declaration', '<!X\n', '\n>'],
    ['an element of any name', '<x-y z="1">\n', ''],
    ['a comment in a quote', '> <!--\n> ', '\n'],
    ['the line that begins a comment', '<!-- ', ' -->'],
  ]

  it.each(places)('is rejected within %s', (_, before, after) => {
    const hidden = before + block(v2).replaceAll('\n', before.startsWith('>') ? '\n> ' : '\n') + after
    expect(from(hidden)).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [unseen] })
    expect(from('# Upgrade', hidden)?.problems).toStrictEqual([unseen])
  })

  it('rejects the visible plan as well if they differ', () => {
    const other = { ...v2, info: { binaries: { any: 'https://example.com/evil' } } }
    expect(from(`${block(v2)}\n\n<!--\n${block(other)}\n-->`)).toStrictEqual({
      origin: 'fenced-block',
      plan: v2,
      problems: [unseen],
    })
    expect(
      extractPlan({ description: `<!--\n${block({ name: 'v3', height: 9 })}\n-->`, actions: [call('v2', 123n)] }),
    ).toMatchObject({ origin: 'call', plan: v2, problems: [unseen, expect.stringContaining('2 plans that disagree')] })
  })

  it('is accepted if it equals a visible plan', () => {
    const info = { b: 1, a: 2 }
    expect(
      from(`<!--\n${block({ ...v2, info })}\n-->\n${block({ info: { a: 2, b: 1 }, ...v2 })}`)?.problems,
    ).toStrictEqual([])
  })

  it('is rejected if it cannot be read', () => {
    expect(from(`${block(v2)}\n\n<!--\n${block('{"name":')}\n-->`)?.problems.slice(0, 2)).toStrictEqual([
      unseen,
      'The upgrade-plan block is not valid JSON, so its plan cannot be read.',
    ])
  })
})

describe('several plans', () => {
  it('count as one if they agree, with the origin of the first', () => {
    const found = extractPlan({
      description: `${block(v2)}\n${block(v2)}`,
      memo: JSON.stringify(v2),
      actions: [call('v2', 123n)],
    })
    expect(found).toStrictEqual({ origin: 'call', plan: v2, problems: [] })
  })

  it('agree if one has the same info as text', () => {
    const found = extractPlan({
      description: block({ ...v2, info: { b: 1, a: [2] } }),
      actions: [call('v2', 123n, '{"a":[2], "b":1}')],
    })
    expect(found?.problems).toStrictEqual([])
  })

  it.each([
    ['in the name', [v2, { name: 'v3', height: 123 }], '"v2" at height 123 and "v3" at height 123'],
    ['in the height', [v2, { name: 'v2', height: 124 }], '"v2" at height 123 and "v2" at height 124'],
    [
      'in the info',
      [
        { ...v2, info: 'a' },
        { ...v2, info: { a: 1 } },
      ],
      '"v2" at height 123, with different info',
    ],
    [
      'in the info, though the first has none',
      [v2, { ...v2, info: 'a' }, { ...v2, info: 'b' }],
      '"v2" at height 123, with different info',
    ],
  ])('are rejected if they differ %s', (_, plans, difference) => {
    const found = from(plans.map((plan) => block(plan)).join('\n\n'))
    expect(found?.plan.name).toBe('v2')
    expect(found?.problems).toStrictEqual([
      `The proposal carries ${plans.length} plans that disagree: ${difference} (fenced-block, fenced-block).`,
    ])
  })

  it('are rejected if call and description differ', () => {
    expect(extractPlan({ description: block(v2), actions: [call('v2', 200n)] })).toMatchObject({
      origin: 'call',
      plan: { height: 200 },
      problems: [expect.stringContaining('(call, fenced-block)')],
    })
  })

  it('are rejected if one cannot be read', () => {
    expect(from(`${block(v2)}\n${block('{"name":')}`)?.problems).toStrictEqual([
      'The upgrade-plan block is not valid JSON, so its plan cannot be read.',
      'The proposal carries 2 plans that disagree: "v2" at height 123 and one without a name at height 0 (fenced-block, fenced-block).',
    ])
  })
})
