import { bundleMessage, isOneSubject, subjectMessage } from '../domain/notifications/bundleMessage.js'
import type { Notification } from '../domain/notifications/notification.js'
import type { Bundle } from '../domain/notifications/routing.js'
import type { ChannelDeps, OpenChannel } from './Channel.js'

/**
 * Opens a channel so that a bundle becomes one message: the message that the channel composes for the first
 * notification of a bundle covers all of them. If they share one subject, it goes to the message of that subject;
 * otherwise it has a subject of its own, and nothing is stored for it.
 */
export function openBundling(open: (deps: ChannelDeps) => OpenChannel, { compose, ...deps }: ChannelDeps): OpenChannel {
  // Filled while a handler runs. Keys are unique, because the outbox decodes the notification anew for each attempt.
  const bundles = new WeakMap<Notification, Bundle>()
  const composeAll: ChannelDeps['compose'] = (notification) => {
    const bundle = bundles.get(notification)
    if (bundle === undefined) return compose(notification)
    const [first = notification, ...rest] = bundle.notifications
    const messages = [compose(first), ...rest.map(compose)] as const
    return isOneSubject(bundle) ? subjectMessage(messages) : bundleMessage(messages, bundle)
  }
  const { handler, ...channel } = open({ ...deps, compose: composeAll })
  return {
    ...channel,
    handler: {
      ...handler,
      handle: async (notification, context) => {
        const { bundle, ...alone } = context
        if (bundle === undefined) return handler.handle(notification, context)
        bundles.set(notification, bundle)
        if (isOneSubject(bundle)) return handler.handle(notification, alone)
        await handler.handle(notification, { signal: context.signal })
        return undefined
      },
    },
  }
}
