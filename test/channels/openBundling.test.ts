import { describe, expect, it } from 'vitest'
import { type Message, messageOf } from '../../src/domain/notifications/message.js'
import type { ChannelDeps } from '../../src/channels/Channel.js'
import { openBundling } from '../../src/channels/openBundling.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { notification } from '../support/storeGiven.js'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const deps: ChannelDeps = { log: silent, http: createHttpClient(), now: () => 0, compose: messageOf }
const signal = new AbortController().signal

/** A channel that records its messages, and stores a result. */
function noting() {
  const posted: { readonly message: Message; readonly before: unknown; readonly outdated: unknown }[] = []
  const { handler } = openBundling(
    ({ compose }) => ({
      handler: {
        type: 'chat',
        handle: (about, context) => {
          posted.push({ message: compose(about), before: context.posted, outdated: context.outdated })
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

  it('passes a single notification unchanged', async () => {
    const { handler, posted } = noting()
    expect(await handler.handle(many[0]!, { signal, posted: { ts: '0' } })).toStrictEqual({ ts: '1' })
    expect(posted).toStrictEqual([{ message: messageOf(many[0]!), before: { ts: '0' }, outdated: undefined }])
  })

  it('makes one message of a bundle: a line for each, the number of omitted ones, and its own subject', async () => {
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
      title: '1,200 notifications of local',
    })
    expect(message?.lines).toHaveLength(20)
    // The most urgent first.
    expect(message?.lines.slice(0, 3)).toStrictEqual(['Title 3', 'Title 0', 'Title 1'])
    expect(message?.more).toBe(1_180)
  })

  it('posts a bundle of one subject in the message of that subject: the newest, and the former ones', async () => {
    const { handler, posted } = noting()
    const notifications = [
      notification('7#new', { title: 'New' }),
      notification('7#passed', { title: 'Passed', priority: 'high' }),
      notification('7#done', { title: 'Executed', event: 'proposal_executed' }),
    ]
    const bundle = { notifications, count: 3 }
    const context = { signal, bundle, posted: { ts: '0' }, outdated: true }
    expect(await handler.handle(notifications[0]!, context)).toStrictEqual({ ts: '1' })

    expect(posted).toMatchObject([{ before: { ts: '0' }, outdated: true }])
    expect(posted[0]?.message).toMatchObject({
      ...{ id: '7#new', subject: 'local/0xc0ffee/7', title: 'Executed', priority: 'high', standing: 'over' },
      lines: ['local: Vote on it.', 'Before that: Passed', 'Before that: New'],
    })
  })

  it('assumes no common subject if it does not have all of a bundle', async () => {
    const { handler, posted } = noting()
    const notifications = [notification('7#a'), notification('7#b')]
    expect(await handler.handle(notifications[0]!, { signal, bundle: { notifications, count: 60 } })).toBeUndefined()
    expect(posted[0]?.message).toMatchObject({ subject: 'bundle/7#a', title: '60 notifications of local' })
  })

  it('names the chain of each if there are several', async () => {
    const { handler, posted } = noting()
    const notifications = [notification('a'), notification('b', { chain: 'other', title: 'other: is back' })]
    await handler.handle(notifications[0]!, { signal, bundle: { notifications, count: 2 } })

    expect(posted[0]?.message).toMatchObject({
      title: '2 notifications of local, other',
      lines: ['local: New: a', 'other: is back'],
    })
  })
})
