import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeProposal } from '../../../src/domain/proposals/describeProposal.js'
import type { Action } from '../../../src/domain/proposals/proposal.js'
import { itOnCorpus } from '../../support/corpus.js'
import { hostile } from '../../support/hostile/hostileTexts.js'
import { proposalLogs } from '../../support/proposalTexts.js'

const call: Action = {
  target: '0x00000000000000000000000000000000000000aa',
  value: 0n,
  selector: '0x12345678',
  effect: 'call',
}
const plan = { name: 'v2', height: 123 }

describe('describeProposal', () => {
  it('returns title, description, type and plan', () => {
    const description = `# Upgrade\u200b to v2\r\n\r\n\`\`\`upgrade-plan\r\n${JSON.stringify(plan)}\r\n\`\`\``
    expect(describeProposal({ description, actions: [call] }, [])).toStrictEqual({
      title: 'Upgrade to v2',
      description: `# Upgrade to v2\n\n\`\`\`upgrade-plan\n${JSON.stringify(plan)}\n\`\`\``,
      type: 'upgrade',
      finding: { origin: 'fenced-block', plan, problems: [] },
    })
  })

  it('has no finding without a plan', () => {
    expect(describeProposal({ description: 'Thanks', actions: [] }, [])).toStrictEqual({
      title: 'Thanks',
      description: 'Thanks',
      type: 'text',
    })
  })

  it('prefers the rules of the operator', () => {
    expect(
      describeProposal({ description: '# Hotfix', actions: [call] }, [{ type: 'emergency', title: 'hotfix' }]).type,
    ).toBe('emergency')
  })

  it('takes title, kind and plan from their own fields if the chain has them', () => {
    const raw = {
      title: ' Faster\u200b blocks ',
      description: 'Words',
      actions: [],
      kind: 'emergency',
      plan: { name: 'v2', height: '123' },
    } as const
    expect(describeProposal(raw, [])).toStrictEqual({
      title: 'Faster blocks',
      description: 'Words',
      type: 'emergency',
      finding: { origin: 'call', plan, problems: [] },
    })
    expect(describeProposal(raw, [{ type: 'other', title: 'faster' }]).type).toBe('other')
    const long = describeProposal({ ...raw, title: 'x'.repeat(121) }, [])
    expect(long.title).toBe(`${'x'.repeat(119)}…`)
    expect(describeProposal({ ...raw, title: '' }, []).title).toBe('Words')
  })

  it('reports two plans that disagree, in whatever places', () => {
    const description = `\`\`\`upgrade-plan\n${JSON.stringify({ name: 'v3', height: 123 })}\n\`\`\``
    expect(describeProposal({ description, actions: [], plan }, []).finding?.problems).toHaveLength(1)
  })

  it('finds a plan beyond the part of the description that is kept', () => {
    const description = `# Upgrade\n${'😀'.repeat(30_000)}\n\`\`\`upgrade-plan\n${JSON.stringify(plan)}\n\`\`\``
    const described = describeProposal({ description, actions: [] }, [])
    expect(Array.from(described.description).length).toBe(20_000)
    expect(described.finding?.plan).toStrictEqual(plan)
  })

  it.each([
    ['the memo', { description: '', memo: 'Add member' }, 'Add member'],
    ['the plan of a memo', { description: '', memo: JSON.stringify(plan) }, 'Upgrade v2'],
    ['the plan of a description', { description: JSON.stringify(plan) }, 'Upgrade v2'],
    ['the plan of a block alone', { description: `\`\`\`upgrade-plan\n${JSON.stringify(plan)}\n\`\`\`` }, 'Upgrade v2'],
    [
      'the plan of a call',
      { description: '', actions: [{ ...call, schedules: { name: 'v2', height: 123n, info: '' } }] },
      'Upgrade v2',
    ],
    ['nothing if the plan has no name', { description: '{"height":1,"info":"x"}' }, '(untitled)'],
    ['other JSON as it is', { description: '{"title":"x"}' }, '{"title":"x"}'],
  ])('takes the title from %s if the description has none', (_, raw, title) => {
    expect(describeProposal({ actions: [], ...raw }, []).title).toBe(title)
  })

  it('handles any text', () => {
    fc.assert(
      fc.property(hostile, hostile, (description, memo) => {
        const described = describeProposal({ description, memo, actions: [] }, [])
        expect(described.title).not.toBe('')
        expect(described.title).not.toMatch(/\p{Cc}/u)
        expect(described.type).toBe(described.finding === undefined ? 'text' : 'upgrade')
      }),
      { numRuns: 500 },
    )
  })

  it('handles bytes that are not text', () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) % 256)
    const { title, description } = describeProposal({ description: new TextDecoder().decode(bytes), actions: [] }, [])
    expect(Array.from(title).length).toBeLessThanOrEqual(120)
    expect(Array.from(description).length).toBe(20_000)
  })
})

describe('real proposals', () => {
  for (const [name, path, cases] of [
    ['Uniswap', 'evm/uniswap-governor-bravo.logs.json', 83],
    ['Seamless', 'evm/seamless-oz-governor.rawlogs.json', 29],
  ] as const) {
    itOnCorpus(`of ${name} carry no plan`, { path, schema: proposalLogs, cases }, (texts) => {
      expect(texts.length).toBe(cases)
      for (const text of texts) {
        const { finding, description } = describeProposal({ description: text, actions: [call] }, [])
        expect(finding).toBeUndefined()
        expect(Array.from(description).length).toBe(Math.min(20_000, Array.from(description).length))
        expect(description).not.toMatch(/[\u200b-\u200f\u202a-\u202e\r]/)
      }
    })
  }

  const gov = z.object({
    proposals: z.array(
      z.object({
        id: z.string(),
        metadata: z.string(),
        messages: z.array(
          z.object({
            content: z.object({ title: z.string(), description: z.string(), plan: z.unknown() }).partial().optional(),
          }),
        ),
      }),
    ),
  })
  for (const page of [1, 2]) {
    itOnCorpus(
      `of the Cosmos Hub, page ${page}, have a title and no plan in their text`,
      { path: `cosmos/quokka/proposals_v1_page${page}.json`, schema: gov, cases: 100 },
      ({ proposals }) => {
        expect(proposals.length).toBe(100)
        for (const { id, metadata, messages } of proposals) {
          const { title = '', description = '' } = messages[0]?.content ?? {}
          const described = describeProposal(
            { description: `# ${title}\n\n${description}`, memo: metadata, actions: [] },
            [],
          )
          expect([id, described.finding]).toStrictEqual([id, undefined])
          expect(described.title).not.toMatch(/[\p{Cc}\u200b-\u200f]/u)
        }
      },
    )
  }
})
