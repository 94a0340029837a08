import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../../src/domain/plans/checkPlan.js'
import { sha256, plan, download } from './soundPlan.js'

describe('a download', () => {
  const notWeb = 'The download address for linux/amd64 is not an http or https address.'
  it.each([
    ['a number', 7, notWeb],
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
      'an empty checksum',
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
      'a kind that is an inherited property',
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
  ])('with %s is accepted with a warning', (_, url, warning) => {
    expect(checkPlan(download(url))).toStrictEqual({ problems: [], warnings: [warning] })
  })

  it.each(['docker', 'zetacored-linux/amd64', 'linux', 'Linux/amd64'])(
    'for %j is accepted with a warning that no tool will use it',
    (platform) => {
      expect(checkPlan(download('ghcr.io/nibiruchain/nibiru:1.5.0', platform))).toStrictEqual({
        problems: [],
        warnings: [
          `"${platform}" in the plan's binaries is not a platform such as "linux/amd64": no download tool will use it.`,
        ],
      })
    },
  )

  it.each([{}, 'x', null, []])('list that is %j is accepted with a warning', (binaries) => {
    expect(checkPlan(plan({ info: { binaries } }))).toStrictEqual({
      problems: [],
      warnings: ['The plan\'s info has "binaries" but names no platform: nothing can be downloaded from it.'],
    })
  })

  it('list behind an address without a checksum is accepted with a warning', () => {
    expect(checkPlan(plan({ info: 'https://example.com/v2.json' })).warnings).toStrictEqual([
      "The plan's info is an address without a checksum: what it leads to can change after the vote.",
    ])
  })

  it('list in invalid JSON is accepted with a warning', () => {
    expect(checkPlan(plan({ info: '{"binaries":{"any":"https://example.com"}' })).warnings).toStrictEqual([
      "The plan's info looks like JSON but cannot be read as such: its binaries are unknown.",
    ])
  })

  it('list reports ten problems and the number of the others', () => {
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
