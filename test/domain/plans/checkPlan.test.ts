import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkPlan } from '../../../src/domain/plans/checkPlan.js'
import type { Plan } from '../../../src/domain/plans/plan.js'
import { readPlan } from '../../../src/domain/plans/readPlan.js'
import { itOnCorpus } from '../../support/corpus.js'
import { hostile } from '../../support/hostile.js'

const sha256 = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f'
const plan = (changes: Partial<Plan> = {}): Plan => ({ name: 'v2', height: 123, ...changes })
const download = (url: unknown, platform = 'linux/amd64') =>
  plan({ info: { binaries: { [platform]: z.json().parse(url) } } })
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
      'may name them in text',
      plan({ info: JSON.stringify({ binaries: { any: `https://example.com/x?checksum=sha512:${sha256}${sha256}` } }) }),
    ],
    ['may leave out the kind of a checksum', download(`https://example.com/gaiad?checksum=${sha256.toUpperCase()}`)],
    [
      'may name binaries of its own',
      plan({ binaries: { 'linux/arm64': `http://10.0.0.1:8080/wemixd?a=b&checksum=sha256:${sha256}` } }),
    ],
    ['may lead to an address with a checksum', plan({ info: `https://example.com/v2.json?checksum=sha256:${sha256}` })],
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
    ['.v2', 'The plan\'s name ".v2" begins with ".", which shells and scripts treat in a way of their own.'],
    ['--help', 'The plan\'s name "--help" begins with "-", which shells and scripts treat in a way of their own.'],
  ])('%j is taken with a warning', (name, warning) => {
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

  it('must be portable for the profile portable', () => {
    expect(checkPlan(plan({ name: 'v8-Rho' }), { profile: 'portable' }).problems).toStrictEqual([
      'The profile portable cannot carry the name "v8-Rho": it takes a-z, 0-9, ".", "_" and "-", a letter or digit first.',
    ])
    expect(checkPlan(plan({ name: 'v8-rho_1.0' }), { profile: 'portable' }).problems).toStrictEqual([])
  })
})

describe('a height', () => {
  it.each([
    [1.5, "The plan's height 1.5 is not a whole number."],
    [0, "The plan's height 0 is not above 0."],
    [-7, "The plan's height -7 is not above 0."],
    [NaN, "The plan's height is not a number."],
    [Infinity, "The plan's height is not a number."],
    [2 ** 53, "The plan's height is above 9007199254740991, the largest that can be told apart from its neighbours."],
  ])('of %s is refused', (height, problem) => {
    expect(checkPlan(plan({ height })).problems).toStrictEqual([problem])
  })
})

describe('a download', () => {
  const notWeb = 'The download address for linux/amd64 is not an http or https address.'
  it.each([
    ['no text', 7, notWeb],
    ['no address', 'wemixd', notWeb],
    ['a file', 'file:///bin/sh', notWeb],
    ['a script', 'javascript:alert(1)', notWeb],
    ['no host', 'https:///wemixd', notWeb],
    ['white space', 'https://example.com/a b', notWeb],
    ['a line break', `https://example.com/a\n?checksum=sha256:${sha256}`, notWeb],
    ['a bad port', 'https://example.com:99999/a', notWeb],
    [
      'a short checksum',
      `https://example.com/a?checksum=sha256:${sha256.slice(1)}`,
      'The checksum for linux/amd64 has 63 hex digits instead of 64.',
    ],
    [
      'no checksum after all',
      'https://example.com/a?checksum=',
      'The checksum for linux/amd64 has 0 hex digits, which fits no known kind.',
    ],
    [
      'an odd length',
      'https://example.com/a?checksum=abc',
      'The checksum for linux/amd64 has 3 hex digits, which fits no known kind.',
    ],
    [
      'other characters',
      `https://example.com/a?checksum=sha256:${sha256.slice(1)}g`,
      'The checksum for linux/amd64 holds characters that are not hex digits.',
    ],
    [
      'an unknown kind',
      `https://example.com/a?checksum=sha3:${sha256}`,
      'The checksum for linux/amd64 is of an unknown kind: md5, sha1, sha256 and sha512 are known.',
    ],
    [
      'an inherited kind',
      `https://example.com/a?checksum=constructor:${sha256}`,
      'The checksum for linux/amd64 is of an unknown kind: md5, sha1, sha256 and sha512 are known.',
    ],
    [
      'two checksums',
      `https://example.com/a?checksum=sha256:${sha256}&checksum=sha256:${sha256}`,
      'The download address for linux/amd64 has more than one checksum.',
    ],
  ])('with %s is refused', (_, url, problem) => {
    expect(checkPlan(download(url))).toStrictEqual({ problems: [problem], warnings: [] })
  })

  const forged = 'The checksum for linux/amd64 is of a kind that can be forged (md5 or sha1).'
  it.each([
    ['no checksum', 'https://example.com/a', 'The download for linux/amd64 has no checksum.'],
    [
      'a checksum in its path',
      `https://example.com/a:checksum=sha256:${sha256}`,
      'The checksum for linux/amd64 is in the wrong place: without "?" before it, it checks nothing.',
    ],
    [
      'a checksum from elsewhere',
      'https://example.com/a?checksum=file:https://example.com/sums',
      'The checksum for linux/amd64 is itself a download: it can change after the vote.',
    ],
    ['md5', `https://example.com/a?checksum=md5:${sha256.slice(32)}`, forged],
    ['bare sha1', `https://example.com/a?checksum=${sha256.slice(24)}`, forged],
  ])('with %s is taken with a warning', (_, url, warning) => {
    expect(checkPlan(download(url))).toStrictEqual({ problems: [], warnings: [warning] })
  })

  it.each(['docker', 'zetacored-linux/amd64', 'linux', 'Linux/amd64'])('for %j is of no use to anyone', (platform) => {
    expect(checkPlan(download('ghcr.io/nibiruchain/nibiru:1.5.0', platform))).toStrictEqual({
      problems: [],
      warnings: [
        `"${platform}" in the plan's binaries is no platform such as "linux/amd64": no download tool will use it.`,
      ],
    })
  })

  it.each([{}, 'x', null, []])('list that is %j is taken with a warning', (binaries) => {
    expect(checkPlan(plan({ info: { binaries } }))).toStrictEqual({
      problems: [],
      warnings: ['The plan\'s info has "binaries" but names no platform: nothing can be downloaded from it.'],
    })
  })

  it('behind an address can change', () => {
    expect(checkPlan(plan({ info: 'https://example.com/v2.json' })).warnings).toStrictEqual([
      "The plan's info is an address without a checksum: what it leads to can change after the vote.",
    ])
  })

  it('list in broken JSON is unknown', () => {
    expect(checkPlan(plan({ info: '{"binaries":{"any":"https://example.com"}' })).warnings).toStrictEqual([
      "The plan's info looks like JSON but cannot be read as such: its binaries are unknown.",
    ])
  })

  it('list is reported in short', () => {
    const binaries = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`linux/a${index}`, 'x']))
    const { problems } = checkPlan(plan({ info: { binaries } }))
    expect(problems.length).toBe(11)
    expect(problems.at(-1)).toBe('There are 490 more findings of this kind.')
  })

  it('never shows its address, which may carry a key', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('https://', 'ftp://', ''),
        fc.constantFrom('&checksum=x', '', `&checksum=md5:${sha256}`),
        (scheme, end) => {
          const { problems, warnings } = checkPlan(download(`${scheme}user:pass@example.com/a?key=s3cret${end}`))
          expect(problems.length + warnings.length).toBe(1)
          expect([...problems, ...warnings].join()).not.toMatch(/s3cret|pass@/)
        },
      ),
    )
  })
})

describe('any plan', () => {
  it('is judged without an exception, and refused where its name could leave the directory', () => {
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

describe('real plans', () => {
  const rows = z.array(
    z.object({
      name: z.string(),
      height: z.union([z.string(), z.number()]),
      info: z.union([z.string(), z.record(z.string(), z.json())]).optional(),
      infoClass: z.string(),
    }),
  )
  itOnCorpus(
    'pass, but for the two that no chain could schedule',
    { path: 'cosmos/plan-infos.json', schema: rows, cases: 96 },
    (plans) => {
      const refused = plans.flatMap((row, index) => {
        const { plan: read, problems } = readPlan(row)
        const all = new Set([...problems, ...checkPlan(read, { profile: 'cosmovisor' }).problems])
        return all.size === 0 ? [] : [{ index, problems: [...all] }]
      })
      expect(plans.length).toBe(96)
      expect(refused).toStrictEqual([
        { index: 0, problems: ["The plan's height 0 is not above 0."] },
        { index: 90, problems: ["The plan's height is not a number.", "The plan's height 0 is not above 0."] },
      ])
      const warnings = (index: number) => checkPlan(readPlan(plans[index]).plan).warnings
      expect(warnings(92)).toStrictEqual([
        "The plan's info looks like JSON but cannot be read as such: its binaries are unknown.",
      ])
      expect(warnings(86)).toContainEqual(
        expect.stringContaining('"zetacored-linux/amd64" in the plan\'s binaries is no platform'),
      )
      expect(warnings(14)).toStrictEqual([
        "The plan's info is an address without a checksum: what it leads to can change after the vote.",
      ])
    },
  )

  const targets = z.array(z.object({ path: z.string(), body: z.string(), platforms: z.array(z.string()) }))
  itOnCorpus(
    'behind an address are read in full',
    { path: 'cosmos/plan-info-url-targets.json', schema: targets, cases: 38 },
    (files) => {
      const verdicts = files.map(({ path, body, platforms }) => {
        const { plan: read, problems } = readPlan({ name: 'v2', height: '1', info: body })
        expect(problems).toStrictEqual([])
        expect(Object.keys(read.binaries ?? {}).sort()).toStrictEqual([...platforms].sort())
        return { path, ...checkPlan(read) }
      })
      expect(verdicts.length).toBe(38)
      // Somebody forgot to fill in the checksums of one, and five have ":" where "?" belongs.
      expect(verdicts.filter(({ problems }) => problems.length > 0)).toStrictEqual([
        {
          path: 'releases/v26.json',
          problems: ['darwin/amd64', 'darwin/arm64', 'linux/amd64', 'linux/arm64'].map(
            (platform) => `The checksum for ${platform} holds characters that are not hex digits.`,
          ),
          warnings: [],
        },
      ])
      expect(verdicts.flatMap(({ warnings }) => warnings)).toStrictEqual(
        Array.from(
          { length: 5 },
          () => 'The checksum for linux/amd64 is in the wrong place: without "?" before it, it checks nothing.',
        ),
      )
    },
  )

  const registry = z.array(z.object({ upgradeName: z.string(), binaries: z.record(z.string(), z.string()).optional() }))
  itOnCorpus(
    'of the chain registry pass, but for two checksums',
    { path: 'cosmos/chain-registry-upgrades.json', schema: registry, cases: 622 },
    (upgrades) => {
      const refused = upgrades.flatMap(({ upgradeName, binaries }) =>
        checkPlan({ name: upgradeName, height: 1, ...(binaries && { info: { binaries } }) }).problems.map((problem) => [
          upgradeName,
          problem,
        ]),
      )
      expect(upgrades.length).toBe(622)
      expect(refused).toStrictEqual([
        ['v10', 'The checksum for darwin/arm64 holds characters that are not hex digits.'],
        ['v0.2.0', 'The checksum for darwin/arm64 has 65 hex digits instead of 64.'],
      ])
    },
  )
})
