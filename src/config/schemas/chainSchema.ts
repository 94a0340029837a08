import * as z from 'zod'
import { linkPlaceholders, linkProblem, type LinkTemplates } from '../../domain/notifications/messageLinks.js'
import type { JsonObject } from '../../domain/text/json.js'
import {
  address,
  duration,
  flag,
  headerName,
  headerValue,
  httpUrl,
  labels,
  list,
  text,
  timerDuration,
  validator,
  voters,
  webSocketUrl,
  whole,
} from '../../schema/scalars.js'
import { section } from '../../schema/section.js'
import { chainName, quoted } from '../../schema/writtenText.js'
import { governanceSchema } from './governanceSchema.js'
import { defaultPreflight, preflightSchema } from './preflightSchema.js'
import { schedulerSchema } from './schedulerSchema.js'
import { defaultUpgradeInfo, upgradeInfoSchema } from './upgradeInfoSchema.js'

const chainId = 'expected a chain id: a whole number, or a text on a chain without contracts'

/** How to reach one chain. */
const rpcSchema = section({
  // May be empty here; `findConflicts` requires a URL unless the application supplies a client.
  urls: list(httpUrl(), 'URLs')
    .readonly()
    .prefault([])
    .describe('RPC endpoints of the chain. The first healthy one is used.'),
  ws: z
    .exactOptional(webSocketUrl())
    .describe('A WebSocket of the node. A new head starts a poll at once; its data is not used.'),
  timeout: timerDuration().prefault('30s').describe('Maximum time to wait for one answer.'),
  chainId: z
    .exactOptional(z.union([whole(1), text(chainId)], { error: chainId }))
    .describe('Expected chain id; for cosmos a text such as "cosmoshub-4". A node of another chain is refused.'),
  agreement: whole(1)
    .prefault(1)
    .describe(
      'Number of urls that must agree before an upgrade is acted on. With 1, the node that is read is believed even if it lies about a plan.',
    ),
  batchSize: whole(1)
    .prefault(100)
    .describe('Maximum number of calls in one JSON-RPC batch. It is halved automatically if a node accepts fewer.'),
  headers: z
    .record(headerName(), headerValue(), {
      error: 'expected a mapping of the names of headers to their values, such as { x-api-key: "${KEY}" }',
    })
    .prefault({})
    .describe('Headers of every request to these URLs, such as an authorization. Their values are never shown.'),
  maxLogRange: whole(1).prefault(10_000).describe('Maximum number of blocks in one eth_getLogs request.'),
})

const finality = 'expected latest, safe, finalized or a number of confirmations'

/** How one chain is watched. */
const watchSchema = section({
  enabled: flag().prefault(true).describe('False if the chain is not to be watched.'),
  pollInterval: timerDuration()
    .prefault('30s')
    .describe('Time between two polls. With several chains, a wait may be a thirty-second longer or shorter.'),
  proposalTimeout: duration()
    .prefault('24h')
    .describe('An open proposal counts as expired this long after the end of its vote.'),
  finality: z
    .union([z.enum(['latest', 'safe', 'finalized']), whole(0)], { error: finality })
    .prefault('latest')
    .describe('The block that is read: latest, safe, finalized, or a number of blocks behind the latest.'),
  downAfter: timerDuration()
    .prefault('30s')
    .describe(
      'A node that does not answer for this long counts as down, and a notification is sent. At least one pollInterval.',
    ),
  stallAfter: timerDuration()
    .prefault('10m')
    .describe('A chain whose head does not move for this long counts as stalled.'),
  maxBackoff: timerDuration().prefault('60s').describe('Maximum pause between two attempts to read a failing node.'),
  validator: z
    .exactOptional(validator())
    .describe(
      'Consensus address of your validator on this chain. After the height of an upgrade, govstream checks whether it signs the following blocks. cosmos, signal and gov-base only.',
    ),
})

const proposalId = 'expected a proposal id, in quotes'
const infoOf = 'expected text or a mapping'
// The name is also used as the name of a directory.
const planName = 'expected a name of 1 to 128 characters without a slash'

const jsonObject: z.ZodType<JsonObject, JsonObject> = z.record(z.string(), z.json())

/** A plan of the operator, for a proposal or without one. */
const planSchema = section({
  proposal: z
    .exactOptional(
      z.union([text(proposalId), z.int({ error: proposalId }).min(0, { error: proposalId }).transform(String)], {
        error: proposalId,
      }),
    )
    .describe(
      'Id of the proposal to which the plan is bound. Put long ids in quotes. Without it the plan is your own: no vote decides it, and it is scheduled at once.',
    ),
  contract: z.exactOptional(address()).describe('The contract of the proposal, if several are watched.'),
  name: z
    .string({ error: planName })
    .regex(/^(?!\.{1,2}$)[^/\\\p{Cc}]{1,128}$/u, { error: planName })
    .describe('Name of the upgrade, and of the directory that holds the binary.'),
  height: whole(1).describe('The first block that the new binary runs.'),
  info: z
    .exactOptional(z.union([z.string({ error: infoOf }), jsonObject], { error: infoOf }))
    .describe('Information about the binaries for the process manager.'),
  labels: z.exactOptional(labels()).describe('Labels of its proposal and its upgrade.'),
})

const example = 'https://explorer.example'

function linkTemplate(kind: keyof LinkTemplates): z.ZodExactOptional<z.ZodString> {
  return z.exactOptional(
    text(`expected an https:// address with {${linkPlaceholders[kind]}}`).superRefine((template, context) => {
      const message = linkProblem(kind, template)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    }),
  )
}

/** Links to pages with more information. */
const linksSchema = section({
  proposal: linkTemplate('proposal').describe(`URL of the page of a proposal, such as ${example}/proposal/{id}.`),
  block: linkTemplate('block').describe(`URL of the page of a block, such as ${example}/block/{height}.`),
  voter: linkTemplate('voter').describe(`URL of the page of an account, such as ${example}/address/{address}.`),
})

/** One chain to watch. */
export const chainSchema = section({
  name: z
    .string({ error: quoted(chainName) })
    .regex(/^[a-z0-9-]+$/, { error: chainName })
    .describe('Unique name of the chain.'),
  rpc: rpcSchema.prefault({}).describe('How to reach the chain.'),
  governance: governanceSchema.describe('What to read there.'),
  monitor: watchSchema.prefault({}).describe('How the chain is watched.'),
  scheduler: schedulerSchema.prefault({}).describe('How passed proposals become upgrades.'),
  upgradeInfo: upgradeInfoSchema.prefault({}).describe('Where and how upgrade-info.json is written.'),
  preflight: preflightSchema.prefault({}).describe('The checks before the height of an upgrade.'),
  labels: labels()
    .prefault({})
    .describe('Labels of everything on this chain, such as { team: core }. Every notification carries them.'),
  voters: z
    .exactOptional(voters())
    .describe('Your accounts that vote on this chain, instead of those of `notifier.voters`.'),
  links: linksSchema.prefault({}).describe('URLs to which messages link. https only.'),
  plans: list(planSchema, 'plans')
    .readonly()
    .prefault([])
    .describe('Your own plans, each bound to a proposal or without one.'),
}).transform(({ upgradeInfo: written, preflight, ...chain }) => {
  const upgradeInfo = defaultUpgradeInfo(chain.governance.system, written)
  return { ...chain, upgradeInfo, preflight: defaultPreflight(preflight, upgradeInfo) }
})
