import type { ChannelDeps, LogWriter } from '../channels/Channel.js'
import { withTemplates } from '../channels/templates.js'
import type { Config } from '../config/schema.js'
import { composeMessages, type MessageOptions } from '../domain/notifications/message.js'

/** Writes the messages for the people of a configuration, as they stand at `now` where there is a clock. */
export function composerOf(
  { notifier, chains }: Config,
  clock: Pick<MessageOptions, 'now'> = {},
): ChannelDeps['compose'] {
  return composeMessages({
    ...clock,
    timezone: notifier.timezone,
    links: new Map(chains.map(({ name, links }) => [name, links])),
  })
}

type HandlerSettings = Config['notifier']['handlers'][number]

/** Writes messages as one handler sends them: with its own templates, then the common ones. */
export function withTemplatesOf(
  { name: handler, templates }: Pick<HandlerSettings, 'name' | 'templates'>,
  { notifier }: Pick<Config, 'notifier'>,
  { compose, log }: { readonly compose: ChannelDeps['compose']; readonly log: Pick<LogWriter, 'warn'> },
): ChannelDeps['compose'] {
  const { timezone } = notifier
  return withTemplates(compose, [templates, notifier.templates], { log, timezone, handler })
}
