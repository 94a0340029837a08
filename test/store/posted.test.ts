import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../src/domain/proposals/proposal.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore, OutboxItem } from '../../src/store/Store.js'
import { announcement, notification, proposal, temporaryDirectory, turn } from '../support/storeGiven.js'

const subject = keyOf(proposal('1'))
const item = (id: string, handler = 'chat'): OutboxItem => ({ notification: notification(id), handler, attempts: 0 })

function queued(...ids: readonly string[]): EmbeddedStore {
  const store = openStore({ path: ':memory:' })
  store.commit(turn({ announcements: ids.map((id) => announcement(id)) }), () => ['chat', 'room'])
  return store
}

describe('what a handler wants remembered of a subject', () => {
  it('is there for this handler and this subject alone, and the newest replaces it', () => {
    const store = queued('1', '2')
    expect(store.posted(item('1'))).toBeUndefined()
    store.delivered(item('1'), 2_000, { ts: '17.1' })
    expect(store.posted(item('1'))).toStrictEqual({ ts: '17.1' })
    store.delivered(item('1'), 3_000, { ts: '17.2', replies: ['a'] })
    store.delivered(item('1'), 4_000)

    expect(store.posted(item('1'))).toStrictEqual({ ts: '17.2', replies: ['a'] })
    expect(store.posted(item('1', 'room'))).toBeUndefined()
    expect(store.posted(item('2'))).toBeUndefined()
  })

  it('outlasts the process', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a.db')
    const before = openStore({ path })
    before.commit(turn({ announcements: [announcement('1')] }), () => ['chat'])
    before.delivered(item('1'), 2_000, { ts: '17.1' })
    before.close()
    const after = openStore({ path })

    expect([after.posted(item('1')), after.due(9_000, 9)]).toStrictEqual([{ ts: '17.1' }, []])
    after.close()
  })

  it('goes with its subject, but not with a retraction, which is still to be shown there', () => {
    const store = queued('1')
    store.delivered(item('1'), 2_000, 'here')
    const retracted = { type: 'proposalRetracted', proposal: proposal('1'), chain: 'local', at: 1n, time: 2n } as const
    store.commit(turn({ changes: [retracted] }), () => [])
    expect(store.posted(item('1'))).toBe('here')
    store.commit(turn({ forgotten: [subject] }), () => [])

    expect(store.posted(item('1'))).toBeUndefined()
  })

  it('is kept of 10,000 subjects at the most, those told of last', () => {
    const store = queued('1')
    store.delivered(item('old'), 0, 'old')
    for (let count = 0; count < 9_999; count += 1) store.delivered(item(`n${count}`), 1_000, count)
    store.delivered(item('old'), 0, 'again')
    store.delivered(item('new'), 1_000, 'new')

    expect(['old', 'n0', 'n1', 'new'].map((id) => store.posted(item(id)))).toStrictEqual(['again', undefined, 1, 'new'])
  })
})
