import { describe, expect, it } from 'vitest'
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

  it('begins anew with what is late where it was never posted', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell(held, { outdated: true })
    expect(transcript()[0]).toContain(held.title)
  })
})
