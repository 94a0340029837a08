import * as z from 'zod'
import { field } from '../schema/rawInput.js'
import { expectedOneOf } from '../schema/scalars.js'
import type { Channel } from './Channel.js'
import { command } from './command.js'
import { discord } from './discord.js'
import { email } from './email.js'
import { log } from './log.js'
import { matrix } from './matrix.js'
import { ntfy } from './ntfy.js'
import { pagerduty } from './pagerduty.js'
import { pushover } from './pushover.js'
import { slack } from './slack.js'
import { teams } from './teams.js'
import { telegram } from './telegram.js'
import { webhook } from './webhook.js'

/**
 * Every channel, in the order of the documentation. Configuration, redaction, `check` and documentation use this list.
 */
const channels = [
  log,
  webhook,
  slack,
  discord,
  telegram,
  email,
  pagerduty,
  teams,
  ntfy,
  pushover,
  matrix,
  command,
] as const

const byType = new Map<string, Channel>(channels.map((channel) => [channel.schema.shape.type.value, channel]))
/** The valid values of `type`. */
export const channelTypes = [...byType.keys()]
const [first, ...others] = channels

/** The settings of any channel, discriminated by `type`. */
export const handlerSchema = z.discriminatedUnion('type', [first.schema, ...others.map(({ schema }) => schema)], {
  error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
    code === 'invalid_union'
      ? expectedOneOf(channelTypes, field(input, 'type'))
      : `expected a mapping with a type, one of ${channelTypes.join(', ')}`,
})

/** Returns the channel that the settings belong to. */
export function channelOf({ type }: Pick<z.output<typeof handlerSchema>, 'type'>): Channel {
  // The schema accepts no other types.
  return byType.get(type) ?? first
}
