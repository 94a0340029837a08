import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { planProblems } from '../../../../src/domain/plans/validatePlan.js'
import { isOpen, type Proposal } from '../../../../src/domain/proposals/proposal.js'
import { withDefaults } from '../../../../src/domain/upgrades/scheduling.js'
import { votesOf } from '../../../../src/sources/governance/cosmosSdk/proposalFields.js'
import { decodeProposal, paramsOf, decodePage } from '../../../../src/sources/governance/cosmos/decode.js'
import { binaryFindings } from '../../../../src/domain/plans/binaryFindings.js'
import { decodeCurrentPlan, planIn } from '../../../../src/sources/governance/cosmos/plans.js'
import { hashIn, decodeStatus } from '../../../../src/sources/governance/cosmos/cometBft.js'
import { tallyRulesOf, toProposal } from '../../../../src/sources/governance/cosmos/toProposal.js'
import { corpus, itOnCorpus } from '../../../support/corpus.js'
import { type CosmosServer, startCosmosServer } from '../../../support/cosmosServer.js'
import { failureOf, follow } from './follow.js'

const pageSchema = z.object({ proposals: z.array(z.looseObject({})), pagination: z.looseObject({}) })
const quokka = (name: string) => `cosmos/quokka/${name}.json`

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

describe('proposals of the Cosmos Hub', () => {
  itOnCorpus(
    'of the first page have their types and statuses',
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
    'of the second page too, the one without messages included',
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
  it.runIf(both.success)('carry 13 plans, of which 12 can be scheduled', () => {
    const upgrades = twoPages
      .parse(both.data)
      .flatMap(told)
      .filter(({ finding }) => finding !== undefined)
    expect(upgrades.map(({ id }) => Number(id))).toEqual([38, 51, 59, 65, 97, 187, 798, 804, 821, 825, 854, 885, 914])
    const refused = upgrades.filter(
      ({ finding }) => finding !== undefined && planProblems(finding, withDefaults({})).length > 0,
    )
    expect(refused.map(({ id }) => id)).toEqual(['38'])
    expect(upgrades.map(({ finding }) => finding?.plan.height)).toContain(14_470_501)
  })
})

describe('proposals of BitSong, which has v1beta1 only', () => {
  itOnCorpus(
    'of both pages carry five plans',
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

const planOf = (plan: unknown) => planIn([{ type: '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade', body: { plan } }])
const others = [
  'quokka/lcd-error',
  'quokka/vote',
  'quokka/vote-not-found',
  'node-exporter/block',
  'node-exporter/block2',
  'node-exporter/empty',
  'node-exporter/upgrade-plan',
  'node-exporter/gitopia-error',
  'node-exporter/upgrade-plan-empty',
  'node-exporter/github-error',
  'quokka/vote-unknown',
  'quokka/vote-old',
  'quokka/vote-old-unknown',
  'quokka/params_deposit',
]

describe('smaller answers', () => {
  itOnCorpus('are a status', { path: 'cosmos/node-exporter/status.json', schema: z.unknown(), cases: 1 }, (body) => {
    expect(decodeStatus(body)).toMatchObject({
      network: 'cosmoshub-4',
      catchingUp: false,
      earliest: { number: 21_065_923n },
      head: {
        number: 21_076_916n,
        timestamp: 1_719_681_623n,
        hash: '45C68DAD8A72FA4BB80B8728C38BA45D9959D415CE9773F8642EEB14DF6B77A7',
      },
    })
  })
  itOnCorpus(
    'are a live tally of v1beta1',
    { path: quokka('tally'), schema: z.object({ tally: z.unknown() }), cases: 1 },
    ({ tally }) => {
      expect(votesOf(tally)).toEqual({
        yes: 52_008_408_706n,
        abstain: 4_165_589_836n,
        no: 535_755_581_641n,
        veto: 64_525_405_153_526n,
      })
    },
  )
  itOnCorpus(
    'are rules whose neighbours are zeroed',
    { path: quokka('params_tallying'), schema: z.unknown(), cases: 1 },
    (body) => {
      const one = 10n ** 18n
      expect(tallyRulesOf(paramsOf(body, 'tallying') ?? {})).toEqual({
        quorum: (one * 4n) / 10n,
        threshold: one / 2n,
        vetoThreshold: (one * 334n) / 1000n,
      })
      expect(tallyRulesOf(paramsOf(corpus(quokka('params_voting')), 'tallying') ?? {})).toEqual({})
      expect(paramsOf(corpus(quokka('params_voting')), 'voting')).toMatchObject({ voting_period: '1209600s' })
    },
  )
  for (const name of others) {
    itOnCorpus(
      `such as ${name} are neither a list nor a status`,
      { path: `cosmos/${name}.json`, schema: z.unknown(), cases: 1 },
      (body) => {
        expect([decodePage(body), decodeStatus(body)]).toEqual([undefined, undefined])
      },
    )
  }
})

describe('answers of another kind', () => {
  const strangers = [...others, 'quokka/tally', 'quokka/params_voting', 'node-exporter/status']
  for (const name of strangers) {
    itOnCorpus(
      `such as ${name} do not say that no upgrade is scheduled`,
      { path: `cosmos/${name}.json`, schema: z.unknown(), cases: 1 },
      (body) => {
        expect(decodeCurrentPlan(body)).toBeUndefined()
      },
    )
  }
  itOnCorpus(
    'that are blocks have their hashes at their own heights only',
    { path: 'cosmos/node-exporter/block.json', schema: z.unknown(), cases: 2 },
    (body) => {
      expect(hashIn(body, 21_077_108n)).toMatch(/^[0-9A-F]{64}$/)
      expect(hashIn(body, 21_076_108n)).toBeUndefined()
      expect(hashIn(corpus('cosmos/node-exporter/block2.json'), 21_076_108n)).toMatch(/^[0-9A-F]{64}$/)
      expect(hashIn(body, 21_077_108n)).not.toBe(hashIn(corpus('cosmos/node-exporter/block2.json'), 21_076_108n))
    },
  )
  itOnCorpus(
    'that are deposit parameters are told from the zeroes beside them',
    { path: quokka('params_deposit'), schema: z.unknown(), cases: 1 },
    (body) => {
      expect(paramsOf(body, 'deposit')).toHaveProperty('min_deposit')
      expect(tallyRulesOf(paramsOf(body, 'tallying') ?? {})).toEqual({})
    },
  )
})

const odditiesSchema = z.array(
  z.looseObject({
    oddity: z.string(),
    upgradeName: z.string().optional(),
    platform: z.string().optional(),
    url: z.string().optional(),
  }),
)
describe('what is odd in the chain registry', () => {
  itOnCorpus(
    'is a checksum of no length that is known: said of the platform it belongs to',
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

const registrySchema = z.array(z.object({ upgradeName: z.string(), height: z.number().optional() }))
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
    'of chains and repositories are read but for the one bound to a time and the one with a remark for a height',
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
    'is synced page by page; what its plans led to is long over, and nothing is asked about it',
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

const errorsSchema = z.array(
  z.object({
    endpoint: z.string(),
    httpStatus: z.number(),
    body: z.string(),
    kind: z.string(),
    note: z.string().optional(),
  }),
)
const errors = errorsSchema.safeParse(corpus('rpc/cosmos-lcd-errors.json'))
if (!errors.success) process.stdout.write('13 cases skipped: rpc/cosmos-lcd-errors.json of the corpus is not there\n')

describe('what real servers said instead of a list', () => {
  let server: CosmosServer
  beforeAll(async () => {
    server = await startCosmosServer()
    server.put(1)
  })
  afterAll(() => server.stop())

  const lists = (errors.success ? errors.data : []).filter(
    ({ kind, httpStatus }) => kind !== 'description' && httpStatus >= 400,
  )
  it.each(
    lists.map(
      ({ endpoint, httpStatus, body }) =>
        [`${httpStatus} ${body.slice(0, 60).replace(/\s+/g, ' ')} (${endpoint})`, httpStatus, body] as const,
    ),
  )('%s: a sentence or the proposal, read by id', async (_what, status, body) => {
    server.behave({ fail: (path) => (path.includes('/proposals?') ? { status, body } : undefined) })
    const read = follow({ rpc: [server.url], rest: [server.url] }).poll()
    const ids = await read.then(
      ({ proposals }) => proposals.map(({ id }) => id),
      () => undefined,
    )
    if (ids === undefined) expect((await failureOf(read)).message).toMatch(/ of hub /)
    else expect(ids).toEqual(['1'])
  })

  it.runIf(lists.length > 0)(
    'is read by id where one proposal spoils the list, as on Composable and Realio',
    async () => {
      for (const { httpStatus, body } of lists.filter((error) =>
        /wrong wireType|no concrete type|can't convert/.test(error.body),
      )) {
        server.behave({ fail: (path) => (path.includes('/proposals?') ? { status: httpStatus, body } : undefined) })
        const { proposals } = await follow({ rpc: [server.url], rest: [server.url] }).poll()
        expect(proposals.map(({ id }) => id)).toEqual(['1'])
      }
    },
  )
})
