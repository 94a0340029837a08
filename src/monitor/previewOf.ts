import type { ChannelDeps } from '../channels/Channel.js'
import { channelOf } from '../channels/registry.js'
import type { Config } from '../config/schema.js'
import type { Notification } from '../domain/notifications/notification.js'
import { concealJson } from '../domain/secrets/concealJson.js'
import { boundedJson, parsedJson } from '../domain/text/boundedJson.js'
import { isJsonObject } from '../domain/text/json.js'
import { RequestError } from '../transport/RequestError.js'

/** Answers what a handler looks up before it posts, such as the id of a room. */
const lookedUp = JSON.stringify({ room_id: '!preview:example.org', user_id: '@preview:example.org' })

/**
 * Returns what a handler sends for a notification that is the first of its subject. Nothing is contacted: the request
 * is recorded and fails. `conceal` is applied to the values, not to the keys of JSON, so that the shape stays readable.
 * Rejects if the handler fails before it sends.
 */
export async function previewOf(
  settings: Config['notifier']['handlers'][number],
  notification: Notification,
  { conceal, ...deps }: Omit<ChannelDeps, 'http'> & { readonly conceal: (text: string) => string },
): Promise<string> {
  const channel = channelOf(settings)
  if (channel.preview !== 'request')
    return concealed(channel.preview(notification, deps.compose(notification)), conceal)
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
  return concealed(sent, conceal, 2)
}

function concealed(text: string, conceal: (text: string) => string, indent = 0): string {
  const json = boundedJson(parsedJson(text))
  return isJsonObject(json) ? JSON.stringify(concealJson(json, conceal), undefined, indent) : conceal(text)
}
