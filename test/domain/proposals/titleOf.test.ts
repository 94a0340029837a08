import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { titleOf, untitled } from '../../../src/domain/proposals/titleOf.js'
import { itOnCorpus } from '../../support/corpus.js'
import { hostile } from '../../support/hostile/hostileTexts.js'
import { proposalLogs } from '../../support/proposalTexts.js'

describe('titleOf', () => {
  it.each([
    ['a heading', '# Upgrade to v2\n\nText', 'Upgrade to v2'],
    ['the top heading, wherever it stands', 'Some words first\n\n## Summary\n\n# Upgrade to v2', 'Upgrade to v2'],
    ['a lower heading, if it comes first', '\n\n### Upgrade to v2\n# Other', 'Upgrade to v2'],
    ['the first line, not a heading of a chapter', 'Should we upgrade?\nYes.\n\n## Summary', 'Should we upgrade?'],
    ['the first line, if there is nothing else', '\n  \nUpgrade to v2\nMore', 'Upgrade to v2'],
    ['no closing marks', '# Upgrade to v2 ##\n', 'Upgrade to v2'],
    ['no chapter that follows on the same line', '# Upgrade to v2  ## Summary  We upgrade.', 'Upgrade to v2'],
    ['no marks', '# **Upgrade** _to_ `v2` ~~now~~', 'Upgrade to v2 now'],
    ['the text of links', '# [Upgrade](https://example.com/x) to [v2](#v2)', 'Upgrade to v2'],
    ['labels in brackets', '# [EP 5.1] [Executable] Upgrade', '[EP 5.1] [Executable] Upgrade'],
    ['no pictures', '![logo](x.png)\n\nUpgrade to v2', 'Upgrade to v2'],
    ['no tags', '# <u>Upgrade</u> to <a id="v2"/>v2', 'Upgrade to v2'],
    [
      'entities as characters',
      '# Research &amp; Upgrade&#x20;&#39;v2&#39; &unknown;',
      "Research & Upgrade 'v2' &unknown;",
    ],
    ['no hidden character from an entity', '# v2 &#x202e;&#8203;&#27;[31m', 'v2'],
    ['escaped marks', '# \\[Final] Upgrade\\_v2', '[Final] Upgrade_v2'],
    ['names with underscores', '# Set max_gas_limit', 'Set max_gas_limit'],
    ['no anchors', '# Upgrade to v2 {#v2}', 'Upgrade to v2'],
    ['no quotes around it', '"Upgrade to v2"', 'Upgrade to v2'],
    ['quotes within it', '"Atlas" and "Borealis" upgrades', '"Atlas" and "Borealis" upgrades'],
    ['no quote mark or bullet', '> - Upgrade to v2', 'Upgrade to v2'],
    ['no front matter', '---\ntitle: x\n---\n\nUpgrade to v2', 'Upgrade to v2'],
    ['no comments', '<!-- # Draft\n# Old -->\n# Upgrade to v2', 'Upgrade to v2'],
    ['no code', '```sh\n# install\n```\nUpgrade to v2', 'Upgrade to v2'],
    ['no tables', '| Status | Open |\n| --- | --- |\n\nUpgrade to v2', 'Upgrade to v2'],
    ['no rulers', '***\n-----\nUpgrade to v2', 'Upgrade to v2'],
    ['no proposer', `Upgrade to v2#proposer=0x${'ab'.repeat(20)}`, 'Upgrade to v2'],
    [
      'no section name if words follow',
      '## Summary\n\nSend 1,000 tokens to the team.\n\n## Motivation',
      'Send 1,000 tokens to the team.',
    ],
    ['no section name if a title follows', '# Constitutional\n\n# Raise the quorum', 'Raise the quorum'],
    ['no later section', '# Summary\n\nRaise the quorum\n\n# Governance votes', 'Raise the quorum'],
    ['no label', '**Category:** Constitutional\n\nRaise the quorum', 'Raise the quorum'],
    [
      'the words below the heading "Title"',
      '### Title:\r\nRaise the quorum\r\n\r\n### TL;DR;\r\nMore',
      'Raise the quorum',
    ],
    ['a section name if there is nothing else', '# Constitutional', 'Constitutional'],
    [
      'no scripts, but what HTML shows',
      '<script>\nvar a\n</script>\n<h1 align="center">\nUpgrade to v2\n</h1>',
      'Upgrade to v2',
    ],
    ['a heading after a byte order mark', '\ufeff# Upgrade to v2', 'Upgrade to v2'],
    ['a line with any line end', '# Upgrade to v2\rText', 'Upgrade to v2'],
  ])('returns %s', (_, description, expected) => {
    expect(titleOf(description)).toBe(expected)
  })

  it.each(['', '""', ' \n\t\n', '#', '# **', '---', '<br>', '\u200b', '```\ncode\n```', '<!-- # x -->'])(
    'returns the placeholder if %j has no title',
    (description) => {
      expect(titleOf(description)).toBe(untitled)
    },
  )

  it('cuts between words', () => {
    const title = titleOf('word '.repeat(100))
    expect(title).toBe(`${'word '.repeat(23)}word…`)
    expect(titleOf('abcdefghij '.repeat(50))).toBe(`${'abcdefghij '.repeat(9)}abcdefghij…`)
  })

  it('cuts within a word if there is no space, or little would be left', () => {
    expect(titleOf('x'.repeat(500))).toBe(`${'x'.repeat(119)}…`)
    expect(titleOf(`so ${'x'.repeat(500)}`)).toBe(`so ${'x'.repeat(116)}…`)
  })

  it('returns one clean line of 1 to 120 code points for any text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const title = titleOf(text)
        expect(title).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u)
        expect(title.trim()).not.toBe('')
        expect(Array.from(title).length).toBeLessThanOrEqual(120)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['quotes', '"'],
    ['lines of quotes', `${'"'.repeat(999)}\n`],
    ['headings of spaces', `# ${' '.repeat(990)}\n`],
    ['open brackets', '['],
    ['stars', '*'],
    ['open tags', '<a'],
    ['empty lines', '\n'],
    ['closing marks', ' #'],
  ])('handles a megabyte of %s', (_, part) => {
    expect(titleOf(part.repeat(1_000_000 / part.length))).not.toBe('')
  })
})

describe('titleOf real proposals', () => {
  itOnCorpus(
    'names the proposals of Uniswap',
    { path: 'evm/uniswap-governor-bravo.logs.json', schema: proposalLogs, cases: 83 },
    (texts) => {
      const titles = texts.map(titleOf)
      expect(titles.length).toBe(83)
      expect(titles.slice(0, 10)).toStrictEqual([
        ...Array.from({ length: 8 }, () => untitled),
        'Add 1 Basis Point Fee Tier',
        'Should Uniswap v3 be deployed to Polygon?',
      ])
      expect(titles.slice(8)).not.toContain(untitled)
      expect(titles).toContain('Deploy Uniswap V3 on zkSync')
      expect(titles).toContain('Governance Proposal - Adopt The SEAL Safe Harbor Agreement')
    },
  )

  itOnCorpus(
    'names the proposals of Seamless',
    { path: 'evm/seamless-oz-governor.rawlogs.json', schema: proposalLogs, cases: 29 },
    (texts) => {
      expect(texts.length).toBe(29)
      for (const title of texts.map(titleOf)) expect(title).toMatch(/^\[SIP-\d+\] [A-Z]/)
    },
  )

  const moonwell = z.array(z.object({ path: z.string(), markdown: z.string() }))
  itOnCorpus(
    'names the proposals of Moonwell',
    { path: 'evm/moonwell-proposal-descriptions.json', schema: moonwell, cases: 89 },
    (rows) => {
      expect(rows.length).toBe(89)
      for (const { markdown } of rows) expect(titleOf(markdown)).toMatch(/^(?:\[Resubmission\] )?(?:MIP|Proposal: )/)
      expect(rows.map(({ markdown }) => titleOf(markdown))).toContain('MIP-O00: Optimism Activation - Part 1')
    },
  )

  const ens = z.array(z.object({ id: z.string(), mdx: z.string() }))
  itOnCorpus('names the proposals of ENS', { path: 'evm/ens-docs-proposals.json', schema: ens, cases: 130 }, (rows) => {
    const titles = new Map(rows.map(({ id, mdx }) => [id, titleOf(mdx)]))
    expect(titles.size).toBe(130)
    for (const [id, title] of titles) if (id !== 'submit') expect(title).toMatch(/^\[(?:EP ?)?\d+\.\d+/)
    expect(titles.get('0.1')).toBe('[EP0.1] [Social] Proposal: Transfer ENS Treasury and Contract Ownership')
    expect(titles.get('5.18')).toBe('[EP 5.18] [Social] ENS DAO Steward Compensation Structure - Term 6')
    expect(titles.get('submit')).toBe('Process of Submitting a Proposal')
  })
})
