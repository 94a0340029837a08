import { describe, expect, it } from 'vitest'
import { typeOf, type Classified, type ClassifyRule } from '../../../src/domain/proposals/classify.js'

type Effect = Classified['actions'][number]['effect']
const target = '0x00000000000000000000000000000000000000Aa'
const proposal = (effects: readonly Effect[], changes: Partial<Classified> = {}): Classified => ({
  title: 'Upgrade the Treasury',
  actions: effects.map((effect) => ({ target, effect })),
  ...changes,
})
const finding = { origin: 'call', plan: { name: 'v2', height: 1 }, problems: ['Broken.'] } as const

describe('typeOf', () => {
  it.each<[string, readonly Effect[], string]>([
    ['no calls', [], 'text'],
    ['calls without effect', ['none', 'none'], 'text'],
    ['a call to the governance', ['governance'], 'parameter'],
    ['a call to the governance among others', ['transfer', 'call', 'governance'], 'parameter'],
    ['transfers alone', ['transfer', 'none', 'transfer'], 'community'],
    ['a transfer and another call', ['transfer', 'call'], 'other'],
    ['another call', ['call'], 'other'],
  ])('%s', (_, effects, type) => {
    expect(typeOf(proposal(effects), [])).toBe(type)
  })

  it('is an upgrade where there is a plan, sound or not', () => {
    for (const effects of [[], ['governance'], ['transfer'], ['call']] as const)
      expect(typeOf(proposal(effects, { finding }), [])).toBe('upgrade')
  })

  it.each<[string, ClassifyRule, boolean]>([
    ['its title, in either case', { type: 'emergency', title: 'TREASURY$' }, true],
    ['its title, in either case of any alphabet', { type: 'emergency', title: 'É\\w+|treasur[yi]' }, true],
    ['its title by a pattern that others take for ever on', { type: 'emergency', title: '^(\\w+\\s?)+$' }, true],
    ['its title, not', { type: 'emergency', title: '^treasury' }, false],
    ['its target, in either case', { type: 'emergency', target: target.toUpperCase().replace('0X', '0x') }, true],
    ['its target, not', { type: 'emergency', target: `${target.slice(0, -1)}b` }, false],
    ['both', { type: 'emergency', title: 'upgrade', target }, true],
    ['one of both', { type: 'emergency', title: 'nothing', target }, false],
  ])('follows a rule that fits %s', (_, rule, fits) => {
    expect(typeOf(proposal(['call'], { finding }), [rule])).toBe(fits ? 'emergency' : 'upgrade')
  })

  it('follows the first rule that fits', () => {
    const rules: readonly ClassifyRule[] = [
      { type: 'text', title: 'nothing' },
      { type: 'membership', title: 'upgrade' },
      { type: 'community', title: 'upgrade' },
    ]
    expect(typeOf(proposal([]), rules)).toBe('membership')
    expect(typeOf(proposal([]), rules)).toBe('membership')
  })

  it('tests no more than a title', () => {
    expect(
      typeOf(proposal([], { title: `${'x'.repeat(1_000_000)}upgrade` }), [{ type: 'emergency', title: 'upgrade' }]),
    ).toBe('text')
  })
})
