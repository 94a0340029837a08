import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../../src/domain/plans/checkPlan.js'
import { hostile } from '../../support/hostile/hostileTexts.js'
import { sha256, plan, download } from './soundPlan.js'

const sound = { problems: [], warnings: [] }

describe('a sound plan', () => {
  it.each([
    ['has a name and a height', plan()],
    ['may have an old-fashioned name', plan({ name: 'v8-Rho' })],
    [
      'may have free text as its info',
      plan({ info: 'Upgrade to v0.3.9 at block height 606689; burntnetwork/xion:0.3.9' }),
    ],
    ['may have any JSON as its info', plan({ info: '{"commit":"abc"}' })],
    ['may name downloads with checksums', download(`https://example.com/gaiad?checksum=sha256:${sha256}`)],
    [
      'may name downloads in text',
      plan({ info: JSON.stringify({ binaries: { any: `https://example.com/x?checksum=sha512:${sha256}${sha256}` } }) }),
    ],
    ['may write the kind of a checksum in capitals', download(`https://example.com/gaiad?checksum=SHA256:${sha256}`)],
    ['may leave out the kind of a checksum', download(`https://example.com/gaiad?checksum=${sha256.toUpperCase()}`)],
    [
      'may name binaries of its own',
      plan({ binaries: { 'linux/arm64': `http://10.0.0.1:8080/wemixd?a=b&checksum=sha256:${sha256}` } }),
    ],
    [
      'may have an address with a checksum as its info',
      plan({ info: `https://example.com/v2.json?checksum=sha256:${sha256}` }),
    ],
  ])('%s', (_, sane) => {
    expect(checkPlan(sane)).toStrictEqual(sound)
    expect(checkPlan(sane, { profile: 'wemixvisor' })).toStrictEqual(sound)
  })
})

describe('a name', () => {
  it.each([
    ['', 'The plan has no name.'],
    [' \t', 'The plan has no name.'],
    ['../../etc', "The plan's name holds a slash, which could lead out of the upgrade directory."],
    ['a\\b', "The plan's name holds a slash, which could lead out of the upgrade directory."],
    ['..', 'The plan\'s name ".." means another directory.'],
    ['.', 'The plan\'s name "." means another directory.'],
    [' v2', "The plan's name begins or ends with a space."],
    ['v2 ', "The plan's name begins or ends with a space."],
    ['v2\n', "The plan's name holds characters that cannot be seen."],
    ['v\u00002', "The plan's name holds characters that cannot be seen."],
    ['v2\u200b', "The plan's name holds characters that cannot be seen."],
    ['\u202e2v', "The plan's name holds characters that cannot be seen."],
    ['v\ud8002', "The plan's name holds characters that cannot be seen."],
    ['e\u0301clair', "The plan's name is not in Unicode normal form C: another name looks the same."],
    ['v'.repeat(129), "The plan's name is longer than 128 characters."],
    ['升'.repeat(100), "The plan's name is longer than 255 bytes, the most a directory name can have."],
  ])('%j is refused', (name, problem) => {
    for (const profile of ['wemixvisor', 'cosmovisor', 'portable'] as const) {
      expect(checkPlan(plan({ name }), { profile }).problems).toStrictEqual([problem])
    }
    expect(checkPlan(plan({ name }))).toStrictEqual({ problems: [problem], warnings: [] })
  })

  it.each([
    [
      'Software upgrade v0.3.0',
      'The plan\'s name "Software upgrade v0.3.0" holds spaces or special characters: scripts may trip over the directory.',
    ],
    ['.v2', 'The plan\'s name ".v2" begins with ".", which shells and scripts treat specially.'],
    ['--help', 'The plan\'s name "--help" begins with "-", which shells and scripts treat specially.'],
  ])('%j is accepted with a warning', (name, warning) => {
    expect(checkPlan(plan({ name }))).toStrictEqual({ problems: [], warnings: [warning] })
  })

  it.each([
    ['v8-Rho', 'v8-rho'],
    ['v2 final', 'v2%20final'],
    ['v2(b)', 'v2%28b%29'],
    ['Größe', 'gr%C3%B6%C3%9Fe'],
    ['100%', '100%25'],
  ])('%j has another directory under cosmovisor', (name, directory) => {
    expect(checkPlan(plan({ name }), { profile: 'cosmovisor' }).warnings).toContain(
      `cosmovisor looks for this upgrade in the directory "${directory}", not "${name}".`,
    )
  })

  it.each(['v2', 'v2.0.0-rc.1', 'a_b', 'v2+hot', 'a@b', 'x:y=z&$'])(
    '%j has the same directory under cosmovisor',
    (name) => {
      expect(checkPlan(plan({ name }), { profile: 'cosmovisor' }).warnings).not.toContainEqual(
        expect.stringContaining('directory "'),
      )
    },
  )

  it('must be portable with the profile portable', () => {
    expect(checkPlan(plan({ name: 'v8-Rho' }), { profile: 'portable' }).problems).toStrictEqual([
      'The profile portable cannot carry the name "v8-Rho": it takes a-z, 0-9, ".", "_" and "-", a letter or digit first.',
    ])
    expect(checkPlan(plan({ name: 'v8-rho_1.0' }), { profile: 'portable' }).problems).toStrictEqual([])
  })
})

describe('a height and a time', () => {
  it('are rejected together, and accepted alone', () => {
    expect(checkPlan(plan({ time: 5_000n })).problems).toStrictEqual([
      'The plan has a height and a time: it is unclear which of them counts.',
    ])
    expect(checkPlan({ name: 'v2', time: 5_000n }).problems).toStrictEqual([])
  })
})

describe('a height', () => {
  it.each([
    [1.5, "The plan's height 1.5 is not a whole number."],
    [0, "The plan's height 0 is not above 0."],
    [-7, "The plan's height -7 is not above 0."],
    [NaN, "The plan's height is not a number."],
    [Infinity, "The plan's height is not a number."],
    [2 ** 53, "The plan's height is above 9007199254740991, the largest exact one."],
  ])('of %s is refused', (height, problem) => {
    expect(checkPlan(plan({ height })).problems).toStrictEqual([problem])
  })
})

describe('any plan', () => {
  it('is checked without an exception, and rejected if its name could leave the directory', () => {
    fc.assert(
      fc.property(hostile, fc.double(), fc.oneof(hostile, fc.json()), (name, height, info) => {
        const { problems } = checkPlan({ name, height, info }, { profile: 'cosmovisor' })
        if (/[/\\\p{Cc}]/u.test(name) || name.trim() === '' || name === '..') expect(problems).not.toStrictEqual([])
        if (!Number.isSafeInteger(height) || height < 1) expect(problems).not.toStrictEqual([])
        for (const sentence of problems) expect(sentence).toMatch(/^[^\p{Cc}]+\.$/u)
      }),
      { numRuns: 1_000 },
    )
  })
})
