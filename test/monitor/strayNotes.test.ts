import { filter } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/domain/text/json.js'
import { strayNotes } from '../../src/monitor/strayNotes.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore } from '../../src/store/Store.js'
import { onSharedChain } from '../support/fixtures.js'
import { routingKey, startPagerDuty } from '../support/services/pagerduty.js'
import { announcement, notification, temporaryDirectory, turn } from '../support/storeGiven.js'
import { chainOf, soon, watch } from './watching.js'

const place = { title: 'Hello', withdrawn: false, to: 'C1' }

/** These proposals were notified and posted. */
function posted(handler: string, posts: Readonly<Record<string, Json>>, over: object = {}): EmbeddedStore {
  const store = openStore({ path: ':memory:' })
  const ids = Object.keys(posts)
  store.commit(turn({ announcements: ids.map((id) => announcement(id, over)) }), () => [handler])
  for (const [id, json] of Object.entries(posts))
    store.delivered({ notification: notification(id, over), handler, attempts: 0 }, 2_000, json)
  return store
}

const known = { handlers: ['chat'], chains: ['local'] }
const all = { handlers: ['pager'], chains: ['local'] }

describe('an open post at a removed handler', () => {
  it.each([
    ['an alert', { open: true }, 1],
    ['no closed alert', { open: false }, 0],
    ['a ringing notification', { receipts: [], rings: true }, 1],
    ['none that stopped ringing', { receipts: [] }, 0],
    ['a message', place, 1],
  ])('is reported: %s', (_, json, count) => {
    const store = posted('pager', { '1': json, '2': { open: false } })
    expect(strayNotes(store, all)).toStrictEqual([])
    expect(strayNotes(store, known)).toHaveLength(count)
  })

  it('is reported with the handler, the number of subjects and some of them', () => {
    const posts = Object.fromEntries(Array.from({ length: 7 }, (_, id) => [String(id), { open: true }]))
    expect(strayNotes(posted('pager', posts), known)).toStrictEqual([
      'no handler is called pager any more: what it opened or kept up to date stays as it is, for 7 subjects: local/0xc0ffee/0, local/0xc0ffee/1, local/0xc0ffee/2, local/0xc0ffee/3, local/0xc0ffee/4 and 2 more. Close it there by hand, or give a handler of the same place that name',
    ])
  })

  it('shortens the ids of a Governor', () => {
    const id = '1'.repeat(77)
    expect(strayNotes(posted('pager', { [id]: { open: true } }), known)[0]).toContain(
      'for 1 subject: local/0xc0ffee/1111111111…111111.',
    )
  })

  it('is not reported if the message itself says that the subject ended', () => {
    const over = { event: 'proposal_rejected' } as const
    expect(strayNotes(posted('chat', { '1': place }, over), { ...known, handlers: [] })).toStrictEqual([])
  })

  it('is also reported for a removed chain', () => {
    expect(strayNotes(posted('pager', { '1': { open: true } }), { ...all, chains: ['main'] })).toStrictEqual([
      'the chain local is not watched any more, and what pager opened or kept up to date is open, for 1 subject: local/0xc0ffee/1. "govstream run" closes it at its start; if it cannot, close it there by hand',
    ])
  })
})

describe('a run', () => {
  onSharedChain(
    'logs once, at a reload, what is open at a removed handler, and closes it when the handler returns',
    async ({ chain }) => {
      using directory = temporaryDirectory()
      const service = await startPagerDuty()
      const { governor, actor } = await chain.deploy()
      const pager = { type: 'pagerduty' as const, name: 'pager', routingKey, apiUrl: service.url }
      const log = { type: 'log' as const, name: 'ops' }
      const configOf = (handler: typeof pager | typeof log) => ({
        state: `${directory.path}/state.db`,
        notifier: { priorities: { new_proposal: 'critical' as const }, handlers: [handler] },
        chains: [chainOf(chain.url, governor)],
      })
      const warned: string[] = []
      const note = (_: object, text: string) => warned.push(text)
      const deps = { log: { info: () => undefined, warn: note, error: () => undefined } }
      const first = watch(configOf(pager), deps)
      const id = await actor.propose({ description: 'Wakes somebody' })
      await first.told('new_proposal', id)
      await service.calls.waitFor(1)
      await first.settle()
      const before = warned.length
      first.monitor.reload(configOf(log))
      await first.settle()
      const reloaded = warned.splice(0)
      await first.stop()

      const second = watch(configOf(log), deps)
      await soon(second.monitor.heads$.pipe(filter(({ chain: name }) => name === 'local')), 'the chain')
      await second.settle()
      // It ends while no handler closes it.
      await actor.cancel(id)
      await second.told('proposal_canceled', id)
      const open = [...service.alerts.values()]
      second.monitor.reload(configOf(pager))
      await service.calls.waitFor(2)
      await second.stop()
      expect(open).toStrictEqual(['triggered'])
      expect([...service.alerts.values()]).toStrictEqual(['resolved'])
      expect(before).toBe(0)
      const said = [expect.stringMatching(/^no handler is called pager any more: .* for 1 subject: local\/0x/)]
      expect(reloaded).toStrictEqual(said)
      // It is said once: not again at the start.
      expect(warned).toStrictEqual([])
    },
  )
})
