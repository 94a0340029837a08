import * as z from 'zod'
import type { SubjectStanding } from '../domain/notifications/messageText.js'
import type { Json } from '../domain/text/json.js'
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

/**
 * Returns true if something that a handler posted is still open at its service: an alert, or a message that is kept up
 * to date. The handler may be unknown, so the channels are asked in turn; what none of them stores counts as open until
 * its subject is over. `standing` is that of the newest notification that was posted.
 */
export function isOpenPost(posted: Json, standing: SubjectStanding | undefined): boolean {
  for (const { keeps } of byType.values()) {
    const isOpen = keeps === 'nothing' ? undefined : keeps.isOpen(posted, standing)
    if (isOpen !== undefined) return isOpen
  }
  return standing === 'open'
}
