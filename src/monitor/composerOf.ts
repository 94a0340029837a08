import type { ChannelDeps, LogWriter } from '../channels/Channel.js'
import { withTemplates } from '../channels/templates.js'
import type { Config } from '../config/schema.js'
import { composeMessages, type MessageOptions } from '../domain/notifications/message.js'

/** Creates the composer of messages for a configuration. With a clock, messages describe the situation at `now`. */
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

/** Creates the composer of one handler, which uses its own templates first and then the common ones. */
export function withTemplatesOf(
  { name: handler, templates }: Pick<HandlerSettings, 'name' | 'templates'>,
  { notifier }: Pick<Config, 'notifier'>,
  { compose, log }: { readonly compose: ChannelDeps['compose']; readonly log: Pick<LogWriter, 'warn'> },
): ChannelDeps['compose'] {
  const { timezone } = notifier
  return withTemplates(compose, [templates, notifier.templates], { log, timezone, handler })
}
