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
  it('shows the newest state, however late an older one is told: that stands in the thread', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ title: 'A proposal' })
    await teller.tell(completed)
    const before = transcript()
    await teller.tell(held, { outdated: true })
    const shown = transcript()
    expect(shown.slice(0, before.length)).toStrictEqual(before)
    expect(shown.slice(before.length).join(' ')).toContain(held.title)
  })

  it('strikes through what it showed, and not what was told late', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ title: 'A proposal' })
    await teller.tell(held, { outdated: true })
    await teller.tell(retracted)
    expect(transcript().filter((line) => line.includes('~~'))).toStrictEqual([expect.stringMatching(/~~A proposal~~/)])
  })

  it('stays struck through when what is withdrawn ends in another way too, until the chain brings it back', async () => {
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

  it('says of a plan that another proposal has moved where it went, and goes on there; a restart changes nothing', async () => {
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

  it('closes in place what goes on under another subject, where nothing more is told of it', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell({ subject: 'hub/gov/5', title: 'v2 at 1,000' })
    const lines = transcript().length
    for (let tries = 0; tries < 2; tries += 1)
      await teller.edit({ id: 'moved', subject: 'hub/gov/6', title: 'v2 moved to 1,900' }, 'hub/gov/5')
    const shown = transcript().map((line) => line.replaceAll('\u2060', ''))
    expect(shown[0]).toContain('[closed] v2 moved to 1,900')
    expect(shown).toHaveLength(lines)
  })

  it('shows between two notifications how the vote stands, in place: nothing is posted', async () => {
    const { teller, transcript } = await roomGiven()
    const counted = (votes: string, minute: number): Partial<Message> => ({
      title: 'A proposal',
      facts: [{ name: 'For', value: votes }],
      timestamp: `2026-11-26T14:0${minute}:00Z`,
    })
    await teller.tell(counted('1', 0))
    const lines = transcript().length
    // What is counted may fall again, where a vote is changed.
    for (const [at, votes] of ['2', '3', '2'].entries()) await teller.edit(counted(votes, at + 1))
    expect(transcript()).toHaveLength(lines)
    expect(transcript().join('\n')).toMatch(/For:? ?\D{0,5}2/)
    expect(transcript().join('\n')).not.toMatch(/For:? ?\D{0,5}[13]/)
  })

  it('is edited nowhere else: not where it was never posted, nor after another place was configured', async () => {
    const { teller, transcript } = await roomGiven()
    expect(await teller.edit({ title: 'A proposal' })).toBeUndefined()
    expect(transcript()).toStrictEqual([])
    teller.posted.set('local/7', { to: 'elsewhere', room: '!elsewhere:example.org', title: 'A proposal' })
    expect(await teller.edit({ title: 'A proposal' })).toBeUndefined()
  })

  it('begins anew with what is late where it was never posted', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell(held, { outdated: true })
    expect(transcript()[0]).toContain(held.title)
  })
})

describe('what is told late where the message that was kept up to date is gone', () => {
  const newest = { id: 'newest', title: 'It passed', lines: ['It has passed.'] } as const

  /** Two services say so; in the others what is late is posted beside. */
  it.each([
    ['slack', { status: 200, body: { ok: false, error: 'thread_not_found' } }],
    ['discord', { status: 404, body: { code: 10_003, message: 'Unknown Channel' } }],
  ] as const)('begins a new one in %s, which shows the newest state and says what it is', async (name, gone) => {
    const { settings, service, transcript } = await livingRooms[name]()
    const teller = tellerOf(settings)
    await teller.tell(newest)
    const before = transcript().length
    service.fail(gone)
    await teller.tell(held, { outdated: true, newest })
    const shown = transcript().slice(before).join('\n')
    expect(shown).toMatch(
      /It passed[^]*The message that was kept up to date is gone: this one takes its place\.[^]*Voting has started/,
    )
    await teller.tell(completed)
    expect(transcript().slice(before).join('\n')).toMatch(
      /\[closed\] v2 is in place[^]*Voting has started[^]*v2 is in place/,
    )
  })

  it('is begun once, however often what is late must be tried: below it, too, a service may be down', async () => {
    const { settings, service, transcript } = await livingRooms.slack()
    const teller = tellerOf(settings)
    await teller.tell(newest)
    const before = transcript().length
    service.fail({ status: 200, body: { ok: false, error: 'thread_not_found' } }, 'none', 'html-502')
    await expect(teller.tell(held, { outdated: true, newest })).rejects.toThrow('answered 502')
    teller.restart()
    await teller.tell(held, { outdated: true, newest })
    const shown = transcript().slice(before).join('\n')
    expect(shown.match(/this one takes its place/g)).toHaveLength(1)
    expect(shown).toMatch(/It passed[^]*Voting has started/)
  })

  it('begins one with what is late where nobody knows the newest any more', async () => {
    const { settings, service, transcript } = await livingRooms.slack()
    const teller = tellerOf(settings)
    await teller.tell(newest)
    service.fail({ status: 200, body: { ok: false, error: 'thread_not_found' } })
    await teller.tell(held, { outdated: true })
    expect(transcript().slice(-3).join('\n')).toMatch(/Voting has started[^]*takes its place/)
  })
})
