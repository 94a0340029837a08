import type { ChannelDeps } from '../channels/Channel.js'
import type { Config } from '../config/schema.js'
import { composeMessages } from '../domain/notifications/message.js'

/** Writes the messages for the people of a configuration. */
export function composerOf({ notifier, chains }: Config): ChannelDeps['compose'] {
  return composeMessages({
    timezone: notifier.timezone,
    links: new Map(chains.map(({ name, links }) => [name, links])),
  })
}
