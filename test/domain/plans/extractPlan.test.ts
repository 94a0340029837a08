import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extractPlan } from '../../../src/domain/plans/extractPlan.js'
import { hostile } from '../../support/hostile/hostileTexts.js'
import { from, block, call, v2 } from './planText.js'

describe('extractPlan', () => {
  it('reads a call', () => {
    expect(extractPlan({ description: '# Upgrade', actions: [{}, call('v2', 123n, 'see forum')] })).toStrictEqual({
      origin: 'call',
      plan: { ...v2, info: 'see forum' },
      problems: [],
    })
  })

  it('reads a fenced block of the description', () => {
    expect(from(`# Upgrade\n\n${block(v2)}\n\nMore`)).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [] })
  })

  it('reads a fenced block of the memo', () => {
    expect(from('# Upgrade', block(v2))).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [] })
  })

  it('reads a memo or a description that is nothing but a plan', () => {
    expect(from('', ` ${JSON.stringify(v2)}\n`)).toStrictEqual({ origin: 'memo', plan: v2, problems: [] })
    expect(from(JSON.stringify(v2))).toStrictEqual({ origin: 'memo', plan: v2, problems: [] })
  })

  it('reads the value of an EnvVal ballot', () => {
    expect(extractPlan({ description: 'Ballot', actions: [], envVal: JSON.stringify(v2) })).toStrictEqual({
      origin: 'env-val',
      plan: v2,
      problems: [],
    })
  })

  it('finds no plan in any other text', () => {
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
    ['a space before the word, and words after it', `\`\`\` Upgrade-Plan json\n${JSON.stringify(v2)}\n\`\`\``],
    ['an invisible character in the word', `\`\`\`upgrade-\u200bplan\n${JSON.stringify(v2)}\n\`\`\``],
    ['Windows line ends', block('{\r\n"name": "v2",\r\n"height": 123\r\n}').replaceAll(/(?<!\r)\n/g, '\r\n')],
    ['a byte order mark', block(`\ufeff${JSON.stringify(v2)}`)],
    ['no end', `\`\`\`upgrade-plan\n${JSON.stringify(v2)}`],
    ['the proposer after its end', `${block(v2)}#proposer=0x${'Ab'.repeat(20)}`],
    ['marks of a list item around it, indented by four', `1.  Upgrade:\n\n    ${block(v2).replaceAll('\n', '\n    ')}`],
    ['marks of a quote around it', `> ${block(v2).replaceAll('\n', '\n> ')}`],
    ['HTML before it that ends with a blank line', `<details>\n\n${block(v2)}\n\n</details>`],
    ['much text before it', `${'x'.repeat(900_000)}\n${block(v2)}`],
  ])('reads a block with %s', (_, text) => {
    expect(from(text)).toStrictEqual({ origin: 'fenced-block', plan: v2, problems: [] })
  })
})

describe('a plan', () => {
  it('may have its height as text', () => {
    expect(from(block({ name: 'v2', height: '0123' }))?.plan).toStrictEqual(v2)
  })

  it('may have the largest safe integer as its height', () => {
    expect(from(block({ name: 'v2', height: Number.MAX_SAFE_INTEGER }))?.problems).toStrictEqual([])
  })

  it('has no info if that is empty', () => {
    for (const info of ['', null]) expect(from(block({ ...v2, info }))?.plan).toStrictEqual(v2)
  })

  it('has the binaries of its info, as an object or as text', () => {
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

  it('returns the plan that was written into it', () => {
    const info = fc.option(
      fc.oneof(
        fc.string({ minLength: 1 }),
        fc.dictionary(
          fc.string().filter((key) => key !== 'binaries'),
          fc.jsonValue({ maxDepth: 3 }),
        ),
      ),
      { nil: undefined },
    )
    const plans = fc
      .record({
        name: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,30}$/),
        height: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        info,
      })
      // That key is dropped at any depth: "cannot reach the prototypes" says so.
      .filter((plan) => !JSON.stringify(plan).includes('__proto__'))
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
      'plans after long info',
      `${block({ name: 'v2', height: 1, info: { a: 'x'.repeat(60_000) } })}\n${`${block({ name: 'v2', height: 1 })}\n`.repeat(10_000)}`,
    ],
    ['comments', '<!--\n'.repeat(200_000)],
    ['hidden plans', `<!--\n${'```upgrade-plan\n{}\n'.repeat(50_000)}`],
    ['hidden marks', `<!--\n${'~~~'.repeat(300_000)}`],
    ['proposers', '#proposer=0x'.repeat(90_000)],
    ['marks', '`'.repeat(1_000_000)],
    ['upgrade-plan', 'upgrade-plan '.repeat(80_000)],
  ])('handles a megabyte of %s', (_, text) => {
    const found = from(text, text)
    expect(found === undefined || found.problems.length <= 11).toBe(true)
  })
})
