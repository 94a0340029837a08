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
    .describe('A WebSocket of the node: new heads wake the polls at once, and carry no data.'),
  timeout: timerDuration().prefault('30s').describe('Longest wait for one answer.'),
  chainId: z
    .exactOptional(z.union([whole(1), text(chainId)], { error: chainId }))
    .describe(
      'Expected chain id, a text such as "cosmoshub-4" for cosmos. A node that answers another one is refused.',
    ),
  agreement: whole(1)
    .prefault(1)
    .describe(
      'How many of the urls must agree before an upgrade is acted on. With 1 the node that is read is believed, also where it lies about a plan.',
    ),
  batchSize: whole(1)
    .prefault(100)
    .describe('Most calls in one JSON-RPC batch. It is halved by itself where a node takes fewer.'),
  headers: z
    .record(headerName(), headerValue(), {
      error: 'expected a mapping of the names of headers to their values, such as { x-api-key: "${KEY}" }',
    })
    .prefault({})
    .describe('Headers of every request to these URLs, such as an authorization. Their values are kept secret.'),
  maxLogRange: whole(1).prefault(10_000).describe('Most blocks one eth_getLogs asks for.'),
})

const finality = 'expected latest, safe, finalized or a number of confirmations'

/** How one chain is watched. */
const watchSchema = section({
  enabled: flag().prefault(true).describe('False leaves the chain alone.'),
  pollInterval: timerDuration().prefault('30s').describe('Time between two polls.'),
  proposalTimeout: duration()
    .prefault('24h')
    .describe('An open proposal this far past the end of its vote counts as expired.'),
  finality: z
    .union([z.enum(['latest', 'safe', 'finalized']), whole(0)], { error: finality })
    .prefault('latest')
    .describe('The block that is read: latest, safe, finalized, or that many blocks behind the latest.'),
  downAfter: timerDuration()
    .prefault('30s')
    .describe('A node that gives no answer for this long is down, and is told; at least one pollInterval.'),
  stallAfter: timerDuration().prefault('10m').describe('A head that does not move for this long is a stalled chain.'),
  maxBackoff: timerDuration().prefault('60s').describe('Longest pause between two tries of a node that fails.'),
  validator: z
    .exactOptional(validator())
    .describe(
      'Consensus address of your validator here: after the height of an upgrade it is looked whether it signs the blocks that follow. cosmos, signal and gov-base only.',
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
      'Id of the proposal that the plan is bound to. Long ids belong in quotes. Without it the plan is your own: no vote decides it, and it is scheduled at once.',
    ),
  contract: z.exactOptional(address()).describe('Its contract, where several are watched.'),
  name: z
    .string({ error: planName })
    .regex(/^(?!\.{1,2}$)[^/\\\p{Cc}]{1,128}$/u, { error: planName })
    .describe('Name of the upgrade, and of the directory that holds the binary.'),
  height: whole(1).describe('First block the new binary runs.'),
  info: z
    .exactOptional(z.union([z.string({ error: infoOf }), jsonObject], { error: infoOf }))
    .describe('What the process manager is told about the binaries.'),
  labels: z.exactOptional(labels()).describe('What its proposal and its upgrade are called by.'),
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
  proposal: linkTemplate('proposal').describe(`Page of a proposal, such as ${example}/proposal/{id}.`),
  block: linkTemplate('block').describe(`Page of a block, such as ${example}/block/{height}.`),
  voter: linkTemplate('voter').describe(`Page of an account, such as ${example}/address/{address}.`),
})

/** One chain to watch. */
export const chainSchema = section({
  name: z
    .string({ error: quoted(chainName) })
    .regex(/^[a-z0-9-]+$/, { error: chainName })
    .describe('Unique name of the chain.'),
  rpc: rpcSchema.prefault({}).describe('How to reach the chain.'),
  governance: governanceSchema.describe('What to read there.'),
  monitor: watchSchema.prefault({}).describe('How it is watched.'),
  scheduler: schedulerSchema.prefault({}).describe('What becomes of a proposal that passed.'),
  upgradeInfo: upgradeInfoSchema.prefault({}).describe('Where and how upgrade-info.json is written.'),
  preflight: preflightSchema.prefault({}).describe('What is looked at before the height of an upgrade.'),
  labels: labels()
    .prefault({})
    .describe('What all of this chain is called by, such as { team: core }: it travels with every notification.'),
  voters: z
    .exactOptional(voters())
    .describe('Accounts of yours that vote here, in the place of those of `notifier.voters`.'),
  links: linksSchema.prefault({}).describe('Addresses that messages lead to. https only.'),
  plans: list(planSchema, 'plans')
    .readonly()
    .prefault([])
    .describe('Plans of your own: each bound to a proposal, or without one.'),
}).transform(({ upgradeInfo: written, preflight, ...chain }) => {
  const upgradeInfo = defaultUpgradeInfo(chain.governance.system, written)
  return { ...chain, upgradeInfo, preflight: defaultPreflight(preflight, upgradeInfo) }
})
