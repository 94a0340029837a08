import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/domain/notifications/message.js'
import { livingRooms } from '../support/services/livingRooms.js'
import { completed, retracted, type Teller, tellerOf } from '../support/services/messages.js'

interface Given {
  readonly teller: Teller
  readonly transcript: () => readonly string[]
}

const rooms = Object.entries(livingRooms).map(
  ([name, start]) =>
    [
      name,
      async (): Promise<Given> => {
        const { settings, transcript } = await start()
        return { teller: tellerOf(settings), transcript }
      },
    ] as const,
)

const held = { id: 'held', title: 'Voting has started' } as const

describe.each(rooms)('the living message in %s', (_service, roomGiven) => {
  it('shows the newest state after a late older notification, which is posted in the thread', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ title: 'A proposal' })
    await teller.tell(completed)
    const before = transcript()
    await teller.tell(held, { outdated: true })
    const shown = transcript()
    expect(shown.slice(0, before.length)).toStrictEqual(before)
    expect(shown.slice(before.length).join(' ')).toContain(held.title)
  })

  it('strikes through the state it showed, not a late notification', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ title: 'A proposal' })
    await teller.tell(held, { outdated: true })
    await teller.tell(retracted)
    expect(transcript().filter((line) => line.includes('~~'))).toStrictEqual([expect.stringMatching(/~~A proposal~~/)])
  })

  it('stays struck through after a later end, until the subject is back on chain', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ title: 'A proposal' })
    await teller.tell(retracted)
    await teller.tell({ ...completed, event: 'upgrade_cancelled', title: 'The upgrade is cancelled' })
    const root = transcript().slice(0, 2).join(' ')
    expect(root).toContain('~~A proposal~~')
    expect(root).toContain('[closed] The upgrade is cancelled')
    await teller.tell({ id: 'again', title: 'A proposal again' })
    expect(transcript()[0]).toContain('A proposal again')
    expect(transcript().join()).not.toContain('~~')
  })

  it('closes nothing with a first message that is over at once, and is closed by a later end', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ ...completed, title: 'A silence ended' })
    expect(transcript().join()).toContain('A silence ended')
    expect(transcript().join()).not.toContain('[closed]')
    await teller.tell({ ...completed, id: 'later', title: 'It is over' })
    expect(transcript()[0]).toContain('[closed] It is over')
  })

  it('shows where a plan replaced by another proposal moved, and continues there, also after a restart', async () => {
    const { teller, transcript } = await roomGiven()
    const moved = {
      id: 'moved',
      event: 'upgrade_rescheduled',
      subject: 'hub/gov/6',
      title: 'v2 moved to 1,900',
    } as const
    await teller.tell({ subject: 'hub/gov/5', title: 'v2 at 1,000' })
    await teller.tell({ id: 'second', subject: 'hub/gov/6', title: 'A second vote' })
    teller.restart()
    for (let tries = 0; tries < 2; tries += 1)
      await teller.tell(moved, { data: { key: 'hub/gov/6', before: { key: 'hub/gov/5' } } })
    const shown = transcript().map((line) => line.replaceAll('\u2060', ''))
    expect(shown[0]).toContain('[closed] v2 moved to 1,900')
    expect(shown.filter((line) => line.includes('[closed]'))).toHaveLength(1)
    expect(shown.join()).not.toMatch(/v2 at 1,000|A second vote/)
  })

  it('is closed by an edit when its subject continues under another one', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ subject: 'hub/gov/5', title: 'v2 at 1,000' })
    const lines = transcript().length
    for (let tries = 0; tries < 2; tries += 1)
      await teller.edit({ id: 'moved', subject: 'hub/gov/6', title: 'v2 moved to 1,900' }, 'hub/gov/5')
    const shown = transcript().map((line) => line.replaceAll('\u2060', ''))
    expect(shown[0]).toContain('[closed] v2 moved to 1,900')
    expect(shown).toHaveLength(lines)
  })

  it('shows the tally by edits between notifications, without a new post', async () => {
    const { teller, transcript } = await roomGiven()
    const counted = (votes: string, minute: number): Partial<Message> => ({
      title: 'A proposal',
      facts: [{ name: 'For', value: votes }],
      timestamp: `2026-11-26T14:0${minute}:00Z`,
    })
    await teller.tell(counted('1', 0))
    const lines = transcript().length
    // A count may fall again, when a vote is changed.
    for (const [at, votes] of ['2', '3', '2'].entries()) await teller.edit(counted(votes, at + 1))
    expect(transcript()).toHaveLength(lines)
    expect(transcript().join('\n')).toMatch(/For:? ?\D{0,5}2/)
    expect(transcript().join('\n')).not.toMatch(/For:? ?\D{0,5}[13]/)
  })

  it('is not edited if it was never posted, or if another place is configured', async () => {
    const { teller, transcript } = await roomGiven()
    expect(await teller.edit({ title: 'A proposal' })).toBeUndefined()
    expect(transcript()).toStrictEqual([])
    teller.posted.set('local/7', { to: 'elsewhere', room: '!elsewhere:example.org', title: 'A proposal' })
    expect(await teller.edit({ title: 'A proposal' })).toBeUndefined()
  })

  it('starts with a late notification if it was never posted', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell(held, { outdated: true })
    expect(transcript()[0]).toContain(held.title)
  })
})

describe('a late notification whose living message is gone', () => {
  const newest = { id: 'newest', title: 'It passed', lines: ['It has passed.'] } as const

  /** Two services report that; in the others the late notification is posted separately. */
  it.each([
    ['slack', { status: 200, body: { ok: false, error: 'thread_not_found' } }],
    ['discord', { status: 404, body: { code: 10_003, message: 'Unknown Channel' } }],
  ] as const)('starts a new one in %s, which shows the newest state and says so', async (name, gone) => {
    const { settings, service, transcript } = await livingRooms[name]()
    const teller = tellerOf(settings)
    await teller.tell(newest)
    const before = transcript().length
    service.fail(gone)
    await teller.tell(held, { outdated: true, newest })
    const shown = transcript().slice(before).join('\n')
    expect(shown).toMatch(/It passed[^]*The previous message is gone: this one replaces it\.[^]*Voting has started/)
    await teller.tell(completed)
    expect(transcript().slice(before).join('\n')).toMatch(
      /\[closed\] v2 is in place[^]*Voting has started[^]*v2 is in place/,
    )
  })

  it('starts it once, however often the late notification is retried', async () => {
    const { settings, service, transcript } = await livingRooms.slack()
    const teller = tellerOf(settings)
    await teller.tell(newest)
    const before = transcript().length
    service.fail({ status: 200, body: { ok: false, error: 'thread_not_found' } }, 'none', 'html-502')
    await expect(teller.tell(held, { outdated: true, newest })).rejects.toThrow('answered 502')
    teller.restart()
    await teller.tell(held, { outdated: true, newest })
    const shown = transcript().slice(before).join('\n')
    expect(shown.match(/this one replaces it/g)).toHaveLength(1)
    expect(shown).toMatch(/It passed[^]*Voting has started/)
  })

  it('starts one with the late notification if the newest state is not known', async () => {
    const { settings, service, transcript } = await livingRooms.slack()
    const teller = tellerOf(settings)
    await teller.tell(newest)
    service.fail({ status: 200, body: { ok: false, error: 'thread_not_found' } })
    await teller.tell(held, { outdated: true })
    expect(transcript().slice(-3).join('\n')).toMatch(/Voting has started[^]*replaces it/)
  })
})
