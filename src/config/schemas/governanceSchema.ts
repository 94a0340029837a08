import * as z from 'zod'
import { patternProblem } from '../../domain/text/pattern.js'
import { proposalTypes } from '../../domain/proposals/proposal.js'
import { field } from '../../schema/rawInput.js'
import { address, expectedOneOf, httpUrl, labels, list, oneOf, text, whole } from '../../schema/scalars.js'
import { section } from '../../schema/section.js'
import { systems } from '../systems.js'

const oneOrMore = 'expected a 0x address of 40 hex digits, in quotes, or a list of them'
const noRest = 'expected no REST endpoints: only the systems cosmos and signal have them'
const noBlock = 'expected no fromBlock: only EVM systems have one'

const regex = text('expected a regular expression').superRefine((source, context) => {
  const problem = patternProblem(source)
  if (problem === undefined) return
  context.addIssue({
    code: 'custom',
    message: `expected a regular expression of RE2, which has no look-around and no back-references; this one does not compile: ${problem}`,
  })
})

/** A rule of the operator that sets the type of a proposal. */
const classifySchema = section({
  type: oneOf(proposalTypes).describe('The type of a matching proposal.'),
  title: z
    .exactOptional(regex)
    .describe(
      'Regular expression (RE2) that the title must match, ignoring case. It may begin with `re2:`, as in routes.',
    ),
  target: z.exactOptional(address()).describe('Address that is the target of at least one of its calls.'),
  labels: z.exactOptional(labels()).describe('Labels of a matching proposal, such as { team: core }.'),
}).refine(({ title, target }) => title !== undefined || target !== undefined, {
  error: 'expected a title, a target, or both',
})

const classify = list(classifySchema, 'rules')
  .readonly()
  .prefault([])
  .describe(
    'Your own rules for the type of a proposal. The first rule that matches takes precedence over everything else.',
  )

// The empty values are allowed so that an example can contain every key.
const rest = list(httpUrl(), 'URLs')
  .max(0, { error: noRest })
  .readonly()
  .prefault([])
  .describe('Must be empty for this system: cosmos and signal only.')
const noFromBlock = z
  .exactOptional(z.literal(0, { error: noBlock }))
  .describe('Must be 0 for this system: EVM systems only.')

// Code may pass a bigint, as viem returns it.
const fromBlock = z
  .preprocess(
    (written: number | bigint | undefined) => (typeof written === 'bigint' ? Number(written) : written),
    whole(0).prefault(0),
  )
  .describe('First block of the history to read: the block in which the contract was deployed.')
const addresses = z
  .union(
    [
      address().transform((one): readonly string[] => [one]),
      list(address(), 'addresses').min(1, { error: oneOrMore }).readonly(),
    ],
    { error: oneOrMore },
  )
  .describe('Governance contract, one or a list.')

const restUrls = list(httpUrl(), 'URLs')
  .min(1, { error: 'expected at least one REST endpoint' })
  .readonly()
  .describe('REST endpoints of the chain. The first healthy one is used.')

const schemas = [
  section({
    system: z.literal('governor').describe('OpenZeppelin Governor 4 and 5, Compound Bravo and its forks.'),
    address: addresses,
    fromBlock,
    rest,
    classify,
  }),
  section({
    system: z.literal('gov-base').describe('WBFT system contracts: validators, council, minters.'),
    address: addresses,
    fromBlock,
    rest,
    classify,
  }),
  section({
    system: z.literal('wemix').describe('WEMIX3.0 ballots.'),
    address: z.exactOptional(address()).describe('Address of the registry. By default it is found on the chain.'),
    fromBlock,
    rest,
    classify,
  }),
  section(
    {
      system: z.literal('wemixvisor-rpc').describe('The JSON-RPC dialect of wemixvisor.'),
      fromBlock: noFromBlock,
      rest,
      classify,
    },
    { address: 'expected no address: the system wemixvisor-rpc has no contracts' },
  ),
  section(
    {
      system: z.literal('cosmos').describe('Cosmos SDK x/gov and x/upgrade. `rpc.urls` are CometBFT endpoints.'),
      rest: restUrls,
      fromBlock: noFromBlock,
      classify,
    },
    { address: 'expected no address: the system cosmos has no contracts' },
  ),
  section({
    system: z
      .literal('upgrade-entrypoint')
      .describe('Contracts whose events announce upgrades without a vote, as on Story and Omni.'),
    address: addresses.describe('Contract that emits SoftwareUpgrade or PlanUpgrade, one or a list.'),
    fromBlock,
    rest,
    classify,
  }),
  section(
    {
      system: z
        .literal('signal')
        .describe('Celestia x/signal: versions that validators signal. `rpc.urls` are CometBFT endpoints.'),
      rest: restUrls,
      fromBlock: noFromBlock,
      classify,
    },
    { address: 'expected no address: the system signal has no contracts' },
  ),
  section(
    {
      system: z
        .literal('fork-config')
        .describe('The next fork that EVM nodes are configured for (eth_config, EIP-7910), compared over `rpc.urls`.'),
      fromBlock: noFromBlock,
      rest,
      classify,
    },
    { address: 'expected no address: the system fork-config has no contracts' },
  ),
] as const

/** What to read on one chain. The keys depend on the system. */
export const governanceSchema = z.discriminatedUnion('system', schemas, {
  error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
    code === 'invalid_union'
      ? expectedOneOf(systems, field(input, 'system'))
      : 'expected a mapping with a system and what belongs to it',
})
