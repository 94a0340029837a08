import * as z from 'zod/mini'
import type { LiveEvent } from '../../domain/journal/liveEvent.js'
import type { Head } from '../../domain/blocks/head.js'
import { endpointApis, type EndpointScore } from '../../domain/endpointScore.js'
import { type Health, healthStates } from '../../domain/health.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { isJsonObject } from '../../domain/text/json.js'
import type { Change } from '../../domain/proposals/change.js'
import { type Every, jsonObject, texts } from '../../store/rowValues.js'
import { counts, plan, proposal, status, tally, vote } from './proposalWire.js'
import { upgrade } from './upgradeWire.js'
import { bigint, milliseconds, number, seconds, sparse, text, type Wire } from './wire.js'

type Of<Type extends LiveEvent['type']> = Extract<LiveEvent, { readonly type: Type }>

const flag = z.exactOptional(z.literal(true))

const head = z.object({ number: bigint, hash: text, parentHash: text, timestamp: seconds })
const chainHead: Wire<Head & { readonly chain: string }> = z.object({ chain: text, ...head.shape })

const endpoint: Wire<EndpointScore> = sparse({
  host: text,
  api: z.exactOptional(z.enum(endpointApis)),
  askedAt: milliseconds,
  answers: number,
  failures: number,
  latencyMs: z.exactOptional(number),
  head: z.exactOptional(bigint),
  behind: z.exactOptional(bigint),
} satisfies Every<EndpointScore>)

const health: Wire<Health> = sparse({
  chain: text,
  state: z.enum(healthStates),
  since: milliseconds,
  head: z.exactOptional(head),
  lastGoodAt: z.exactOptional(milliseconds),
  movedAt: z.exactOptional(milliseconds),
  consecutiveFailures: number,
  failingSince: z.exactOptional(milliseconds),
  trouble: z.exactOptional(sparse({ since: milliseconds, upSince: z.exactOptional(milliseconds) })),
  errorRate: number,
  polls: z.exactOptional(number),
  problem: z.exactOptional(text),
  wentBack: flag,
  backlog: bigint,
  behind: z.exactOptional(z.object({ least: bigint, since: milliseconds })),
  lagging: flag,
  secondsPerBlock: z.exactOptional(number),
  endpoints: z.exactOptional(z.array(endpoint)),
} satisfies Every<Health>)

const about = { chain: text, at: bigint, time: seconds }
const ofProposal = { ...about, proposal }
const changes = {
  proposalAppeared: sparse({ type: z.literal('proposalAppeared'), ...ofProposal, backfill: z.boolean() }),
  statusMoved: sparse({ type: z.literal('statusMoved'), ...ofProposal, from: status }),
  tallyMoved: sparse({
    type: z.literal('tallyMoved'),
    ...ofProposal,
    from: z.exactOptional(tally),
    fromStatus: z.exactOptional(status),
  }),
  scheduleMoved: sparse({ type: z.literal('scheduleMoved'), ...ofProposal, from: z.exactOptional(bigint) }),
  planEdited: sparse({ type: z.literal('planEdited'), ...ofProposal, from: z.exactOptional(plan) }),
  detailsRead: sparse({ type: z.literal('detailsRead'), ...ofProposal }),
  proposalRetracted: sparse({ type: z.literal('proposalRetracted'), ...ofProposal }),
  voteCast: sparse({ type: z.literal('voteCast'), ...about, vote }),
} satisfies { readonly [Type in Change['type']]: Wire<Extract<Change, { readonly type: Type }>> }

function isChangeType(value: unknown): value is Change['type'] {
  return typeof value === 'string' && Object.hasOwn(changes, value)
}

/** In the format of `notifications --json`. The content of `data` depends on the version that wrote it. */
const notification: Wire<Notification> = z.pipe(
  sparse(
    {
      id: text,
      event: text,
      priority: text,
      chain: text,
      title: text,
      message: text,
      timestamp: text,
      data: jsonObject,
      read: z.boolean(),
      labels: z.exactOptional(texts),
      silenced: z.exactOptional(text),
    },
    { labels: {}, silenced: undefined },
  ),
  z.custom<Notification>(isJsonObject),
)

const upgrades: Wire<Omit<Of<'upgrades'>, 'type'>> = sparse(
  { chain: text, upgrades: z.array(upgrade), gone: z.array(text), whole: flag },
  { whole: false },
)
const proposals: Wire<Omit<Of<'proposals'>, 'type'>> = sparse(
  { chain: text, proposals: z.array(proposal), gone: z.array(text), counts, whole: flag },
  { whole: false },
)
const reset: Wire<{ readonly reason: string }> = z.object({ reason: text })

/** Converts the data of an event to JSON. */
export function liveView(event: LiveEvent): unknown {
  switch (event.type) {
    case 'change':
      return z.encode(changes[event.change.type], event.change)
    case 'notification':
      return z.encode(notification, event.notification)
    case 'upgrades':
      return z.encode(upgrades, event)
    case 'head':
      return z.encode(chainHead, event.head)
    case 'health':
      return z.encode(health, event.health)
    case 'proposals':
      return z.encode(proposals, event)
    case 'reset':
      return z.encode(reset, event)
  }
}

/**
 * Converts JSON data to an event; undefined if this version does not know the type.
 *
 * @throws Error if the data does not match the type.
 */
export function liveEventOf(type: string, data: unknown): LiveEvent | undefined {
  switch (type) {
    case 'change': {
      const kind = isJsonObject(data) ? data['type'] : undefined
      if (!isChangeType(kind)) throw new TypeError('a change of a kind that this version does not know')
      return { type, change: z.decode(changes[kind], data) }
    }
    case 'notification':
      return { type, notification: z.decode(notification, data) }
    case 'upgrades':
      return { type, ...z.decode(upgrades, data) }
    case 'head':
      return { type, head: z.decode(chainHead, data) }
    case 'health':
      return { type, health: z.decode(health, data) }
    case 'proposals':
      return { type, ...z.decode(proposals, data) }
    case 'reset':
      return { type, ...z.decode(reset, data) }
    default:
      return undefined
  }
}
