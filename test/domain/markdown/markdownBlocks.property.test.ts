import fc from 'fast-check'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { markdownBlocks } from '../../../src/domain/markdown/markdownBlocks.js'
import { itOnCorpus } from '../../support/corpus.js'
import { markdown } from '../../support/markdownTexts.js'
import { proposalLogs } from '../../support/proposalTexts.js'

type Node = ReturnType<typeof fromMarkdown>['children'][number]
interface Seen {
  readonly kind: 'fence' | 'html'
  readonly body: string
}

/** The fenced blocks and the blocks of HTML as the reference parser sees them. */
function seenByReference(text: string): readonly Seen[] {
  const found: Seen[] = []
  const visit = (node: Node): void => {
    if (node.type === 'html') found.push({ kind: 'html', body: node.value })
    else if (node.type === 'code' && /^[`~]/.test(text.slice(node.position?.start.offset)))
      found.push({ kind: 'fence', body: node.value })
    else if (node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem')
      for (const child of node.children) visit(child)
  }
  for (const node of fromMarkdown(text).children) visit(node)
  return found.map(bare)
}

function seenByUs(text: string): readonly Seen[] {
  return [...markdownBlocks(text)].flatMap((block): readonly Seen[] => (block.kind === 'line' ? [] : [bare(block)]))
}

/** Renderers differ in white space at line ends and around a block, and it does not matter to a plan. */
function bare({ kind, body }: Seen): Seen {
  return {
    kind,
    body: body
      .replaceAll('\0', '\ufffd')
      .split(/\r\n?|\n/)
      .map((line) => line.trim())
      .join('\n')
      .trim(),
  }
}

describe('markdownBlocks finds the same blocks as the reference parser', () => {
  it('in generated texts', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        expect(seenByUs(text)).toStrictEqual(seenByReference(text))
      }),
      { numRuns: 3_000 },
    )
  })

  const moonwell = z.array(z.object({ markdown: z.string() }))
  itOnCorpus(
    'in the proposals of Moonwell',
    { path: 'evm/moonwell-proposal-descriptions.json', schema: moonwell, cases: 89 },
    (rows) => {
      expect(rows.length).toBe(89)
      for (const row of rows) expect(seenByUs(row.markdown)).toStrictEqual(seenByReference(row.markdown))
    },
  )

  const ens = z.array(z.object({ mdx: z.string() }))
  itOnCorpus('in the proposals of ENS', { path: 'evm/ens-docs-proposals.json', schema: ens, cases: 130 }, (rows) => {
    expect(rows.length).toBe(130)
    for (const { mdx } of rows) expect(seenByUs(mdx)).toStrictEqual(seenByReference(mdx))
  })

  for (const [name, path, cases] of [
    ['Uniswap', 'evm/uniswap-governor-bravo.logs.json', 83],
    ['Seamless', 'evm/seamless-oz-governor.rawlogs.json', 29],
  ] as const) {
    itOnCorpus(`in the proposals of ${name}`, { path, schema: proposalLogs, cases }, (texts) => {
      expect(texts.length).toBe(cases)
      for (const text of texts) expect(seenByUs(text)).toStrictEqual(seenByReference(text))
    })
  }
})
