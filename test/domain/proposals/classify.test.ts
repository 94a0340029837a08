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
    ['is text without calls', [], 'text'],
    ['is text for calls without an effect', ['none', 'none'], 'text'],
    ['is parameter for a call to the governance', ['governance'], 'parameter'],
    ['is parameter for a call to the governance among others', ['transfer', 'call', 'governance'], 'parameter'],
    ['is community for transfers alone', ['transfer', 'none', 'transfer'], 'community'],
    ['is other for a transfer and another call', ['transfer', 'call'], 'other'],
    ['is other for another call', ['call'], 'other'],
  ])('%s', (_, effects, type) => {
    expect(typeOf(proposal(effects), [])).toBe(type)
  })

  it('is upgrade if there is a plan, usable or not', () => {
    for (const effects of [[], ['governance'], ['transfer'], ['call']] as const)
      expect(typeOf(proposal(effects, { finding }), [])).toBe('upgrade')
  })

  it.each<[string, ClassifyRule, boolean]>([
    ['its title, in either case', { type: 'emergency', title: 'TREASURY$' }, true],
    ['its title, in either case of any alphabet', { type: 'emergency', title: 'É\\w+|treasur[yi]' }, true],
    ['its title by a pattern that backtracks elsewhere', { type: 'emergency', title: '^(\\w+\\s?)+$' }, true],
    ['its title, after the mark that matches of routes need', { type: 'emergency', title: 're2:^upgrade' }, true],
    ['its title, which differs', { type: 'emergency', title: '^treasury' }, false],
    ['its target, in either case', { type: 'emergency', target: target.toUpperCase().replace('0X', '0x') }, true],
    ['its target, which differs', { type: 'emergency', target: `${target.slice(0, -1)}b` }, false],
    ['both title and target', { type: 'emergency', title: 'upgrade', target }, true],
    ['title and target, of which one differs', { type: 'emergency', title: 'nothing', target }, false],
  ])('compares a rule with %s', (_, rule, fits) => {
    expect(typeOf(proposal(['call'], { finding }), [rule])).toBe(fits ? 'emergency' : 'upgrade')
  })

  it('uses the first rule that matches', () => {
    const rules: readonly ClassifyRule[] = [
      { type: 'text', title: 'nothing' },
      { type: 'membership', title: 'upgrade' },
      { type: 'community', title: 'upgrade' },
    ]
    expect(typeOf(proposal([]), rules)).toBe('membership')
    expect(typeOf(proposal([]), rules)).toBe('membership')
  })

  it('compares only the first part of a long title', () => {
    expect(
      typeOf(proposal([], { title: `${'x'.repeat(1_000_000)}upgrade` }), [{ type: 'emergency', title: 'upgrade' }]),
    ).toBe('text')
  })
})
