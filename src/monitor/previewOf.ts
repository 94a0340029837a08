import type { ChannelDeps } from '../channels/Channel.js'
import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import type { Notification } from '../domain/notifications/notification.js'
import { parsedJson } from '../domain/text/boundedJson.js'
import { RequestError } from '../transport/RequestError.js'

/** Answers what a handler looks up before it posts, such as the id of a room. */
const lookedUp = JSON.stringify({ room_id: '!preview:example.org', user_id: '@preview:example.org' })

/**
 * Returns what a handler sends for a notification that is the first of its subject. Nothing is contacted: the request
 * is recorded and fails. The text may contain secrets of the settings. Rejects if the handler fails before it sends.
 */
export async function previewOf(
  settings: Config['notifier']['handlers'][number],
  notification: Notification,
  deps: Omit<ChannelDeps, 'http'>,
): Promise<string> {
  const channel = channelOf(settings)
  if (channel.preview !== 'request') return channel.preview(notification, deps.compose(notification))
  let sent = ''
  const http: ChannelDeps['http'] = {
    request: ({ body }) => {
      if (body === undefined) return Promise.resolve({ status: 200, header: () => undefined, text: lookedUp })
      sent = body
      return Promise.reject(new RequestError('unreachable', 'is not contacted by a preview'))
    },
  }
  const { handler } = channel.open(settings, { ...deps, http })
  await handler.handle(notification, { signal: new AbortController().signal }).catch((cause: unknown) => {
    if (sent === '') throw cause
  })
  const json = parsedJson(sent)
  return json === undefined ? sent : JSON.stringify(json, undefined, 2)
}
