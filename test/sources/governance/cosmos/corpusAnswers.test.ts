import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { votesOf } from '../../../../src/sources/governance/cosmosSdk/proposalFields.js'
import { paramsOf, decodePage } from '../../../../src/sources/governance/cosmos/decode.js'
import { decodeCurrentPlan } from '../../../../src/sources/governance/cosmos/plans.js'
import { hashIn, decodeStatus } from '../../../../src/sources/governance/cosmosSdk/cometBft.js'
import { tallyRulesOf } from '../../../../src/sources/governance/cosmos/toProposal.js'
import { corpus, itOnCorpus } from '../../../support/corpus.js'
import { type CosmosServer, startCosmosServer } from '../../../support/servers/cosmosServer.js'
import { failureOf, follow } from './follow.js'
import { quokka } from './corpusGiven.js'

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

describe('answers of real servers', () => {
  itOnCorpus(
    'include a status',
    { path: 'cosmos/node-exporter/status.json', schema: z.unknown(), cases: 1 },
    (body) => {
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
    },
  )
  itOnCorpus(
    'include a live tally of v1beta1',
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
    'include rules beside zeroed ones',
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

describe('answers to another question', () => {
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
    'that are blocks have hashes only at their own heights',
    { path: 'cosmos/node-exporter/block.json', schema: z.unknown(), cases: 2 },
    (body) => {
      expect(hashIn(body, 21_077_108n)).toMatch(/^[0-9A-F]{64}$/)
      expect(hashIn(body, 21_076_108n)).toBeUndefined()
      expect(hashIn(corpus('cosmos/node-exporter/block2.json'), 21_076_108n)).toMatch(/^[0-9A-F]{64}$/)
      expect(hashIn(body, 21_077_108n)).not.toBe(hashIn(corpus('cosmos/node-exporter/block2.json'), 21_076_108n))
    },
  )
  itOnCorpus(
    'that are deposit parameters are not mixed up with the zeroes beside them',
    { path: quokka('params_deposit'), schema: z.unknown(), cases: 1 },
    (body) => {
      expect(paramsOf(body, 'deposit')).toHaveProperty('min_deposit')
      expect(tallyRulesOf(paramsOf(body, 'tallying') ?? {})).toEqual({})
    },
  )
})

if (!errors.success) process.stdout.write('13 cases skipped: rpc/cosmos-lcd-errors.json of the corpus is not there\n')

describe('an error of a real server instead of a list', () => {
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
  )('%s: leads to an error message or to the proposal by its id', async (_what, status, body) => {
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
    'for a list that one proposal spoils leads to reading by id, as on Composable and Realio',
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
