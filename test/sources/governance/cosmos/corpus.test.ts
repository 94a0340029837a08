import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { planProblems } from '../../../../src/domain/plans/validatePlan.js'
import { isOpen, type Proposal } from '../../../../src/domain/proposals/proposal.js'
import { resolvePlanOptions } from '../../../../src/domain/upgrades/planOptions.js'
import { decodeProposal } from '../../../../src/sources/governance/cosmos/decode.js'
import { binaryFindings } from '../../../../src/domain/plans/binaryFindings.js'
import { planIn } from '../../../../src/sources/governance/cosmos/plans.js'
import { toProposal } from '../../../../src/sources/governance/cosmos/toProposal.js'
import { corpus, itOnCorpus } from '../../../support/corpus.js'
import { startCosmosServer } from '../../../support/servers/cosmosServer.js'
import { follow } from './follow.js'
import { quokka } from './corpusGiven.js'

const pageSchema = z.object({ proposals: z.array(z.looseObject({})), pagination: z.looseObject({}) })

function told(page: z.infer<typeof pageSchema>): readonly Proposal[] {
  return page.proposals.map((raw) => {
    const decoded = decodeProposal(raw)
    if (typeof decoded === 'string') throw new Error(decoded)
    return toProposal(decoded, { chain: 'hub', classify: [], readAt: 1n })
  })
}

function countOf(items: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1
  return counts
}

const planOf = (plan: unknown) => planIn([{ type: '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade', body: { plan } }])

const odditiesSchema = z.array(
  z.looseObject({
    oddity: z.string(),
    upgradeName: z.string().optional(),
    platform: z.string().optional(),
    url: z.string().optional(),
  }),
)

const registrySchema = z.array(z.object({ upgradeName: z.string(), height: z.number().optional() }))

describe('proposals of the Cosmos Hub', () => {
  itOnCorpus(
    'on the first page have their types and statuses',
    { path: quokka('proposals_v1_page1'), schema: pageSchema, cases: 100 },
    (page) => {
      const all = told(page)
      expect(countOf(all.map(({ status }) => status))).toEqual({ passed: 73, rejected: 26, failed: 1 })
      expect(countOf(all.map(({ type }) => type))).toEqual({
        text: 49,
        community: 28,
        parameter: 11,
        upgrade: 6,
        other: 6,
      })
      expect(all.filter(({ title }) => title === '' || title === '(untitled)')).toEqual([])
      expect(all.find(({ id }) => id === '70')).toMatchObject({
        status: 'failed',
        title: 'Recover EVMOS channel by upgrading to new client',
      })
    },
  )

  itOnCorpus(
    'on the second page do, too, also the one without messages',
    { path: quokka('proposals_v1_page2'), schema: pageSchema, cases: 100 },
    (page) => {
      const all = told(page)
      expect(countOf(all.map(({ status }) => status))).toEqual({ passed: 44, rejected: 56 })
      expect(countOf(all.map(({ type }) => type))).toEqual({
        text: 66,
        community: 12,
        parameter: 10,
        upgrade: 7,
        other: 5,
      })
      expect(all.find(({ id }) => id === '916')).toMatchObject({
        type: 'text',
        actions: [],
        title: 'DoraHacks: AEZ Quadratic Funding Program',
      })
    },
  )

  const twoPages = z.tuple([pageSchema, pageSchema])
  const both = twoPages.safeParse([corpus(quokka('proposals_v1_page1')), corpus(quokka('proposals_v1_page2'))])
  if (!both.success) process.stdout.write('13 cases skipped: the proposals of the Cosmos Hub are not there\n')
  it.runIf(both.success)('hold 13 plans, of which 12 can be scheduled', () => {
    const upgrades = twoPages
      .parse(both.data)
      .flatMap(told)
      .filter(({ finding }) => finding !== undefined)
    expect(upgrades.map(({ id }) => Number(id))).toEqual([38, 51, 59, 65, 97, 187, 798, 804, 821, 825, 854, 885, 914])
    const refused = upgrades.filter(
      ({ finding }) => finding !== undefined && planProblems(finding, resolvePlanOptions({})).length > 0,
    )
    expect(refused.map(({ id }) => id)).toEqual(['38'])
    expect(upgrades.map(({ finding }) => finding?.plan.height)).toContain(14_470_501)
  })
})

describe('proposals of BitSong, which has v1beta1 only', () => {
  itOnCorpus(
    'hold five plans on both pages',
    { path: quokka('proposals_v1beta1_page1'), schema: pageSchema, cases: 25 },
    (page) => {
      const all = [...told(page), ...told(pageSchema.parse(corpus(quokka('proposals_v1beta1_page2'))))]
      expect(countOf(all.map(({ status }) => status))).toEqual({ passed: 23, rejected: 2 })
      expect(
        all.flatMap(({ id, finding }) => (finding === undefined ? [] : [[id, finding.plan, finding.problems]])),
      ).toEqual([
        ['7', { name: 'v010', height: 4_566_000 }, []],
        ['12', { name: 'v011', height: 6_777_500 }, []],
        ['15', { name: 'v013', height: 9_845_000 }, []],
        ['16', { name: 'v014', height: 10_055_000 }, []],
        ['34', { name: 'v015', height: 15_947_000 }, []],
      ])
      expect(all.find(({ id }) => id === '34')?.title).not.toBe('')
    },
  )
})

describe('an entry of the chain registry that is odd', () => {
  itOnCorpus(
    'with a checksum of an unknown length is reported for its platform',
    { path: 'cosmos/chain-registry-oddities.json', schema: odditiesSchema, cases: 43 },
    (oddities) => {
      const sums = oddities.filter(({ oddity }) => oddity.startsWith('sha256'))
      expect(sums).toHaveLength(2)
      for (const { upgradeName = '', platform = '', url = '' } of sums) {
        const finding = planOf({
          name: upgradeName,
          height: '5',
          info: JSON.stringify({ binaries: { [platform]: url } }),
        })
        expect(finding === undefined ? [] : binaryFindings(finding.plan).problems).toEqual([
          expect.stringContaining(`The checksum for ${platform} `),
        ])
      }
    },
  )
})

describe('real plans', () => {
  itOnCorpus(
    'of the chain registry have names and heights that can be scheduled',
    { path: 'cosmos/chain-registry-upgrades.json', schema: registrySchema, cases: 622 },
    (entries) => {
      expect(entries).toHaveLength(622)
      const found = entries
        .filter(({ height = 0 }) => height > 0)
        .map(({ upgradeName, height }) => planOf({ name: upgradeName, height: String(height), info: '' }))
      expect(found).toHaveLength(364)
      expect(found.filter((finding) => finding === undefined || finding.problems.length > 0)).toEqual([])
    },
  )

  const plansSchema = z.array(z.looseObject({}))
  itOnCorpus(
    'of chains and repositories are read, except one with a time and one with a remark instead of a height',
    { path: 'cosmos/plan-infos.json', schema: plansSchema, cases: 96 },
    (plans) => {
      const refused = plans.flatMap((plan, index) => (planOf(plan)?.problems.length === 0 ? [] : [index]))
      expect(refused).toEqual([0, 90])
    },
  )
})

describe('the whole Hub', () => {
  const pages = { first: corpus(quokka('proposals_v1_page1')), second: corpus(quokka('proposals_v1_page2')) }
  if (pages.first === undefined) process.stdout.write('1 case skipped: the proposals of the Cosmos Hub are not there\n')

  it.runIf(pages.first !== undefined)(
    'is synced page by page, and nothing is requested for its past plans',
    async () => {
      const server = await startCosmosServer()
      server.mine(21_000_000)
      const empty = { proposals: [], pagination: { next_key: null, total: '0' } }
      server.behave({
        fail: (path) => {
          if (!path.includes('/proposals?')) return undefined
          const key = new URL(path, 'http://hub').searchParams.get('pagination.key')
          const page = path.includes('proposal_status')
            ? empty
            : key === null
              ? pages.first
              : key === 'AAAAAAAAAx0='
                ? pages.second
                : empty
          return { status: 200, body: JSON.stringify(page) }
        },
      })
      const hub = follow({ rpc: [server.url], rest: [server.url] })
      const { proposals, warnings } = await hub.poll()
      await server.stop()
      expect(proposals).toHaveLength(200)
      expect(warnings).toEqual([])
      expect(proposals.filter(isOpen)).toEqual([])
      expect(proposals.filter(({ finding }) => finding?.withdrawn !== undefined)).toEqual([])
      expect(server.requests.filter((path) => path.includes('applied_plan'))).toEqual([])
      expect(hub.proposal(914)?.tally).toMatchObject({ unit: 'uatom', quorumReached: true, thresholdMet: true })
    },
  )
})
