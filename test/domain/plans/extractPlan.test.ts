import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extractPlan } from '../../../src/domain/plans/extractPlan.js'
import { hostile } from '../../support/hostile.js'

const from = (description: string, memo?: string) =>
  extractPlan({ description, actions: [], ...(memo !== undefined && { memo }) })
const block = (json: unknown, fence = '```') =>
  `${fence}upgrade-plan\n${typeof json === 'string' ? json : JSON.stringify(json)}\n${fence}`
const call = (name: string, height: bigint, info = '') => ({ schedules: { name, height, info } })
const v2 = { name: 'v2', height: 123 }

describe('where a plan comes from', () => {
  it('is a call', () => {
    expect(extractPlan({ description: '# Upgrade', actions: [{}, call('v2', 123n, 'see forum')] })).toStrictEqual({
      origin: 'call',
      plan: { ...v2, info: 'see forum' },
      problems: [],
    })
  })

  it('is a fenced block of the description', () => {
    expect(from(`# Upgrade\n\n${block(v2)}\n\nMore`)).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [] })
  })

  it('is a fenced block of the memo', () => {
    expect(from('# Upgrade', block(v2))).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [] })
  })

  it('is a memo, or a description, that is nothing but a plan', () => {
    expect(from('', ` ${JSON.stringify(v2)}\n`)).toStrictEqual({ origin: 'memo', plan: v2, problems: [] })
    expect(from(JSON.stringify(v2))).toStrictEqual({ origin: 'memo', plan: v2, problems: [] })
  })

  it('is the value of an EnvVal ballot', () => {
    expect(extractPlan({ description: 'Ballot', actions: [], envVal: JSON.stringify(v2) })).toStrictEqual({
      origin: 'env-val',
      plan: v2,
      problems: [],
    })
  })

  it('is nowhere in any other text', () => {
    const other = [
      '',
      'Upgrade to v2 at height 123',
      '```json\n{"name":"v2","height":123}\n```',
      '    ```upgrade-plan\n    {}',
      '`upgrade-plan`',
      '````md\n```upgrade-plan\n{}\n```\n````',
      '```upgrade-planning\n{}\n```',
      'see <b>```upgrade-plan</b>',
      '<!-- ```upgrade-planning\n{} -->',
      '{"name":"Node 7","info":"a validator"}',
      '{"title":"x"}',
      '{}',
      '[1]',
      '{"name":"v2"',
      'see {"name":"v2","height":123}',
      '{"height":3}',
    ]
    for (const text of other) expect([text, from(text, text)]).toStrictEqual([text, undefined])
  })

  it.each([
    ['tildes', block(v2, '~~~')],
    ['more marks', block(v2, '``````')],
    ['an indent', `   \`\`\`upgrade-plan\n   ${JSON.stringify(v2)}\n   \`\`\``],
    ['a space before the word, and words behind it', `\`\`\` Upgrade-Plan json\n${JSON.stringify(v2)}\n\`\`\``],
    ['an invisible character in the word', `\`\`\`upgrade-\u200bplan\n${JSON.stringify(v2)}\n\`\`\``],
    ['Windows line ends', block('{\r\n"name": "v2",\r\n"height": 123\r\n}').replaceAll(/(?<!\r)\n/g, '\r\n')],
    ['a byte order mark', block(`\ufeff${JSON.stringify(v2)}`)],
    ['no end', `\`\`\`upgrade-plan\n${JSON.stringify(v2)}`],
    ['the proposer behind its end', `${block(v2)}#proposer=0x${'Ab'.repeat(20)}`],
    ['marks of a list item around it, indented by four', `1.  Upgrade:\n\n    ${block(v2).replaceAll('\n', '\n    ')}`],
    ['marks of a quote around it', `> ${block(v2).replaceAll('\n', '\n> ')}`],
    ['HTML before it that a blank line ends', `<details>\n\n${block(v2)}\n\n</details>`],
    ['much text before it', `${'x'.repeat(900_000)}\n${block(v2)}`],
  ])('is a block with %s', (_, text) => {
    expect(from(text)).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [] })
  })
})

describe('a plan that a reader of the text does not see', () => {
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

  it.each(places)('is refused within %s', (_, before, after) => {
    const hidden = before + block(v2).replaceAll('\n', before.startsWith('>') ? '\n> ' : '\n') + after
    expect(from(hidden)).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [unseen] })
    expect(from('# Upgrade', hidden)?.problems).toStrictEqual([unseen])
  })

  it('refuses the one that can be seen, where it says something else', () => {
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

  it('changes nothing where it says the same as one that can be seen', () => {
    const info = { b: 1, a: 2 }
    expect(
      from(`<!--\n${block({ ...v2, info })}\n-->\n${block({ info: { a: 2, b: 1 }, ...v2 })}`)?.problems,
    ).toStrictEqual([])
  })

  it('is refused where it cannot be read', () => {
    expect(from(`${block(v2)}\n\n<!--\n${block('{"name":')}\n-->`)?.problems.slice(0, 2)).toStrictEqual([
      unseen,
      'The upgrade-plan block is not valid JSON, so its plan cannot be read.',
    ])
  })
})

describe('several plans', () => {
  it('are one where they agree: the first gives the origin', () => {
    const found = extractPlan({
      description: `${block(v2)}\n${block(v2)}`,
      memo: JSON.stringify(v2),
      actions: [call('v2', 123n)],
    })
    expect(found).toStrictEqual({ origin: 'call', plan: v2, problems: [] })
  })

  it('agree where one says the same info as text', () => {
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
  ])('are refused where they differ %s', (_, plans, difference) => {
    const found = from(plans.map((plan) => block(plan)).join('\n\n'))
    expect(found?.plan.name).toBe('v2')
    expect(found?.problems).toStrictEqual([
      `The proposal carries ${plans.length} plans that disagree: ${difference} (fenced-block, fenced-block).`,
    ])
  })

  it('are refused where call and description differ', () => {
    expect(extractPlan({ description: block(v2), actions: [call('v2', 200n)] })).toMatchObject({
      origin: 'call',
      plan: { height: 200 },
      problems: [expect.stringContaining('(call, fenced-block)')],
    })
  })

  it('are refused where one cannot be read', () => {
    expect(from(`${block(v2)}\n${block('{"name":')}`)?.problems).toStrictEqual([
      'The upgrade-plan block is not valid JSON, so its plan cannot be read.',
      'The proposal carries 2 plans that disagree: "v2" at height 123 and one without a name at height 0 (fenced-block, fenced-block).',
    ])
  })
})

describe('a plan that cannot be used', () => {
  it.each([
    [
      'no JSON',
      '{"name":"v2","height":123,}',
      '',
      0,
      'The upgrade-plan block is not valid JSON, so its plan cannot be read.',
    ],
    ['nothing', '', '', 0, 'The upgrade-plan block is not valid JSON, so its plan cannot be read.'],
    [
      'more than JSON',
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
      'an endless name',
      `{"name":"${'v'.repeat(999)}","height":123}`,
      `${'v'.repeat(127)}…`,
      123,
      "The plan's name is longer than 128 characters.",
    ],
    ['no height', '{"name":"v2"}', 'v2', 0, 'The plan has no height.'],
    ['a height in words', '{"name":"v2","height":"soon"}', 'v2', 0, "The plan's height is not a number."],
    ['a height with commas', '{"name":"v2","height":"1,000"}', 'v2', 0, "The plan's height is not a number."],
    ['a height in hex', '{"name":"v2","height":"0x10"}', 'v2', 0, "The plan's height is not a number."],
    ['an endless height', '{"name":"v2","height":1e999}', 'v2', 0, "The plan's height is not a number."],
    ['a height of zero', '{"name":"v2","height":0}', 'v2', 0, "The plan's height 0 is not above 0."],
    ['a negative height', '{"name":"v2","height":"-5"}', 'v2', -5, "The plan's height -5 is not above 0."],
    ['half a height', '{"name":"v2","height":1.5}', 'v2', 1.5, "The plan's height 1.5 is not a whole number."],
    [
      'a height too large',
      '{"name":"v2","height":9007199254740992}',
      'v2',
      2 ** 53,
      "The plan's height is above 9007199254740991, the largest that can be told apart from its neighbours.",
    ],
    [
      'info that is a list',
      '{"name":"v2","height":123,"info":[1]}',
      'v2',
      123,
      "The plan's info is neither a text nor an object.",
    ],
    [
      'endless info',
      `{"name":"v2","height":123,"info":"${'x'.repeat(65_537)}"}`,
      'v2',
      123,
      "The plan's info is longer than 65536 characters.",
    ],
    [
      'deep info',
      `{"name":"v2","height":123,"info":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      'v2',
      123,
      "The plan's info is nested too deeply.",
    ],
  ])('holds %s', (_, json, name, height, problem) => {
    expect(from(block(json))).toStrictEqual({ origin: 'fenced-block', plan: { name, height }, problems: [problem] })
  })

  it('is a memo that was meant as one', () => {
    expect(from('', '{"name":"v2","height":123,}')?.problems).toStrictEqual([
      'The memo is not valid JSON, so its plan cannot be read.',
    ])
    expect(from('', '{"height":123,"info":"x"}')?.problems).toStrictEqual(['The plan has no name.'])
  })

  it('is a call with a height beyond all numbers', () => {
    expect(extractPlan({ description: '', actions: [call('v2', 2n ** 256n - 1n)] })?.problems).toStrictEqual([
      "The plan's height is above 9007199254740991, the largest that can be told apart from its neighbours.",
    ])
  })
})

describe('a plan', () => {
  it('may give its height as text', () => {
    expect(from(block({ name: 'v2', height: '0123' }))?.plan).toStrictEqual(v2)
  })

  it('may be as high as numbers go', () => {
    expect(from(block({ name: 'v2', height: Number.MAX_SAFE_INTEGER }))?.problems).toStrictEqual([])
  })

  it('has no info where that is empty', () => {
    for (const info of ['', null]) expect(from(block({ ...v2, info }))?.plan).toStrictEqual(v2)
  })

  it('shows the binaries of its info, object or text', () => {
    const info = { binaries: { 'linux/amd64': 'https://example.com/wemixd', any: 7 }, note: 'x' }
    const binaries = { 'linux/amd64': 'https://example.com/wemixd' }
    expect(from(block({ ...v2, info }))?.plan).toStrictEqual({ ...v2, info, binaries })
    const text = JSON.stringify(info)
    expect(from(block({ ...v2, info: text }))?.plan).toStrictEqual({ ...v2, info: text, binaries })
  })

  it('cannot reach the prototypes', () => {
    const found = from(
      block(
        '{"name":"v2","height":123,"__proto__":{"height":7},"info":{"__proto__":{"evil":1},"a":{"__proto__":2},"binaries":{"__proto__":"x"}}}',
      ),
    )
    expect(found?.plan).toStrictEqual({ ...v2, info: { a: {}, binaries: {} } })
    const text = JSON.stringify('{"binaries":{"__proto__":"x","any":"y"}}')
    expect(from(block(`{"name":"v2","height":123,"info":${text}}`))?.plan.binaries).toStrictEqual({ any: 'y' })
    expect(Object.getPrototypeOf(found?.plan.info)).toBe(Object.prototype)
    expect(Object.hasOwn(Object.prototype, 'evil')).toBe(false)
  })
})

describe('any text', () => {
  it('is read without an exception', () => {
    const any = fc.oneof(
      hostile,
      fc.json({ maxDepth: 6 }),
      fc.json().map((json) => block(json)),
      hostile.map((text) => block(text)),
    )
    fc.assert(
      fc.property(any, any, any, (description, memo, envVal) => {
        for (const found of [
          extractPlan({ description, memo, envVal, actions: [] }),
          extractPlan({ description, actions: [call(memo, -1n, envVal)] }),
        ]) {
          expect(typeof (found?.plan.name ?? '')).toBe('string')
          expect(Number.isFinite(found?.plan.height ?? 0)).toBe(true)
          expect(JSON.stringify(found ?? null)).toBeTypeOf('string')
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('gives back the plan that is written into it', () => {
    const info = fc.option(
      fc.oneof(
        fc.string({ minLength: 1 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__' && key !== 'binaries'),
          fc.jsonValue({ maxDepth: 3 }),
        ),
      ),
      { nil: undefined },
    )
    const plans = fc.record({
      name: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,30}$/),
      height: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      info,
    })
    const prose = hostile.map((text) => text.replaceAll(/[`~<{]|upgrade-plan/g, '').replaceAll('\r', '\n'))
    fc.assert(
      fc.property(
        plans,
        prose,
        prose,
        fc.integer({ min: 3, max: 9 }),
        fc.constantFrom('`', '~'),
        fc.boolean(),
        (plan, before, after, length, mark, pretty) => {
          const fence = mark.repeat(length)
          const written: unknown = JSON.parse(JSON.stringify(plan))
          const found = from(
            `${before}\n${fence}upgrade-plan\n${JSON.stringify(plan, null, pretty ? 2 : 0)}\n${fence}\n${after}`,
          )
          expect(found).toMatchObject({ origin: 'fenced-block', problems: [] })
          expect(JSON.parse(JSON.stringify(found?.plan))).toStrictEqual(written)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['deep JSON', '['.repeat(1_000_000)],
    ['deep JSON as a plan', `{"height":1,"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['open blocks', '```upgrade-plan\n'.repeat(60_000)],
    ['plans', `${block({ name: 'v2', height: 1, info: { a: 'x'.repeat(20) } })}\n`.repeat(10_000)],
    ['rival plans', Array.from({ length: 10_000 }, (_, height) => block({ name: 'v2', height })).join('\n')],
    [
      'plans behind long info',
      `${block({ name: 'v2', height: 1, info: { a: 'x'.repeat(60_000) } })}\n${`${block({ name: 'v2', height: 1 })}\n`.repeat(10_000)}`,
    ],
    ['comments', '<!--\n'.repeat(200_000)],
    ['hidden plans', `<!--\n${'```upgrade-plan\n{}\n'.repeat(50_000)}`],
    ['hidden marks', `<!--\n${'~~~'.repeat(300_000)}`],
    ['proposers', '#proposer=0x'.repeat(90_000)],
    ['marks', '`'.repeat(1_000_000)],
    ['upgrade-plan', 'upgrade-plan '.repeat(80_000)],
  ])('stands a megabyte of %s', (_, text) => {
    const found = from(text, text)
    expect(found === undefined || found.problems.length <= 11).toBe(true)
  })
})
