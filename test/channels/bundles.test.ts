import { describe, expect, it } from 'vitest'
import { openBundling } from '../../src/channels/openBundling.js'
import { channelOf, handlerSchema } from '../../src/channels/registry.js'
import { messageOf } from '../../src/domain/notifications/message.js'
import type { Notification } from '../../src/domain/notifications/notification.js'
import type { Bundle } from '../../src/domain/notifications/routing.js'
import { silentLog } from '../../src/monitor/monitorLog.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { startMailServer } from '../support/services/mailServer.js'
import { injections, itOnProposals } from '../support/services/injections.js'
import { services } from '../support/services/services.js'
import { notification } from '../support/storeGiven.js'

const deps = { log: silentLog, http: createHttpClient(), now: () => 0, compose: messageOf }
const { signal } = new AbortController()

/** Delivers the bundle as the outbox does. */
async function tell(settings: object, bundle: Bundle): Promise<void> {
  const parsed = handlerSchema.parse(settings)
  const { handler } = openBundling((own) => channelOf(parsed).open(parsed, own), deps)
  await handler.handle(bundle.notifications[0]!, { signal, bundle })
}

const titled = (titles: readonly string[]): readonly Notification[] =>
  titles.map((title, at) => notification(`${at}`, { title, priority: at === 30 ? 'high' : 'medium' }))

describe('a bundle as a mail', () => {
  it('has the number of notifications in its subject line', async () => {
    const { port, taken } = await startMailServer()
    const smtp = `smtp://127.0.0.1:${port}`
    const settings = { type: 'email', smtp, from: 'watch@example.org', to: ['ops@example.net'], requireTls: false }
    await tell(settings, { notifications: titled(['One', 'Two']), count: 2 })
    expect(taken[0]?.headers.get('subject')).toBe('govstream: 2 notifications of local')
  })
})

describe.each(Object.entries(services))('a bundle in %s', (_name, start) => {
  it('is one message that shows the most urgent first and counts the omitted ones', async () => {
    const service = await start()
    const titles = Array.from({ length: 50 }, (_, at) => `Passed: proposal ${at} of the treasury of a chain`)
    await tell(service.settings, { notifications: titled(titles), count: 200 })

    const text = service.text()
    expect(text).toContain('200 notifications of local')
    const [first, ...others] = text.match(/Passed: proposal \d+/g) ?? []
    expect(first).toBe('Passed: proposal 30')
    expect(others.length).toBeGreaterThan(10)
    expect(text.match(/and \d+ more/g)).toStrictEqual([`and ${199 - others.length} more`])
    expect(service.harm()).toStrictEqual([])
  })

  it('is within the limits, however long the titles are', async () => {
    const service = await start()
    const long = ['😀', '<@&"\\', '提案', '_*~`'].map((piece) => piece.repeat(300))
    await tell(service.settings, { notifications: titled([...long, ...long, ...long]), count: 12 })
    expect(service.text()).toContain('12 notifications of local')
    expect(service.harm()).toStrictEqual([])
  })

  it.each(injections.map((text) => text.replace(/\s+/g, ' ')))(
    'shows %j literally, without a mention',
    async (text) => {
      const service = await start()
      await tell(service.settings, { notifications: titled([text, 'Other', text]), count: 3 })
      const [first] = titled([text])
      await tell(service.settings, { notifications: [first!, { ...first!, id: 'again' }], count: 2 })
      expect(service.text()).toContain(text)
      expect(service.text()).toContain(`Before that: ${text}`)
      expect(service.harm()).toStrictEqual([])
    },
  )

  itOnProposals('shows the texts of real proposals', async (texts) => {
    const service = await start()
    const titles = texts.map((text) => text.replace(/\s+/g, ' ').slice(0, 250))
    await tell(service.settings, { notifications: titled(titles.slice(0, 50)), count: titles.length })
    expect(service.text()).toMatch(/and \d+ more/)
    expect(service.harm()).toStrictEqual([])
  })
})
