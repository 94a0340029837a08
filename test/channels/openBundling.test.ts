import { describe, expect, it } from 'vitest'
import { type Message, messageOf } from '../../src/domain/notifications/message.js'
import type { ChannelDeps } from '../../src/channels/Channel.js'
import { openBundling } from '../../src/channels/openBundling.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { notification } from '../support/storeGiven.js'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const deps: ChannelDeps = { log: silent, http: createHttpClient(), now: () => 0, compose: messageOf }
const signal = new AbortController().signal

/** A channel that notes what it is to post, and wants something remembered. */
function noting() {
  const posted: { readonly message: Message; readonly before: unknown }[] = []
  const { handler } = openBundling(
    ({ compose }) => ({
      handler: {
        type: 'chat',
        handle: (about, context) => {
          posted.push({ message: compose(about), before: context.posted })
          return Promise.resolve({ ts: '1' })
        },
      },
    }),
    deps,
  )
  return { handler, posted }
}

describe('openBundling', () => {
  const many = Array.from({ length: 25 }, (_, index) =>
    notification(`n${index}`, { priority: index === 3 ? 'high' : 'low', title: `Title ${index}` }),
  )

  it('leaves what comes by itself as it is', async () => {
    const { handler, posted } = noting()
    expect(await handler.handle(many[0]!, { signal, posted: { ts: '0' } })).toStrictEqual({ ts: '1' })
    expect(posted).toStrictEqual([{ message: messageOf(many[0]!), before: { ts: '0' } }])
  })

  it('makes one message of a bundle: a line each, how many more, and a subject of its own', async () => {
    const { handler, posted } = noting()
    const bundle = { notifications: many, count: 1_200 }
    expect(await handler.handle(many[0]!, { signal, bundle, posted: { ts: '0' } })).toBeUndefined()

    const [{ message, before } = { message: undefined, before: undefined }] = posted
    expect(before).toBeUndefined()
    expect(message).toMatchObject({
      id: 'n0',
      subject: 'bundle/n0',
      chain: 'local',
      priority: 'high',
      title: '1200 notifications of local',
    })
    expect(message?.lines).toHaveLength(21)
    expect(message?.lines[0]).toBe('Title 0')
    expect(message?.lines.at(-1)).toBe('and 1180 more')
  })

  it('says of which chain each is, where there are several', async () => {
    const { handler, posted } = noting()
    const notifications = [notification('a'), notification('b', { chain: 'other', title: 'other: is back' })]
    await handler.handle(notifications[0]!, { signal, bundle: { notifications, count: 2 } })

    expect(posted[0]?.message).toMatchObject({
      title: '2 notifications of local, other',
      lines: ['local: New: a', 'other: is back'],
    })
  })
})
