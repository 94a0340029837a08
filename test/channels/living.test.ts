import { describe, expect, it } from 'vitest'
import { startDiscord } from '../support/services/discord.js'
import { matrixRoom, startMatrix } from '../support/services/matrix.js'
import { completed, retracted, type Teller, tellerOf } from '../support/services/messages.js'
import { startSlack } from '../support/services/slack.js'
import { startTelegram } from '../support/services/telegram.js'

interface Room {
  readonly teller: Teller
  /** Every line that is seen. */
  readonly transcript: () => readonly string[]
}

/** A clock that goes on by a second each time: nobody is told too often. */
function clock(): { readonly now: () => number } {
  let time = 0
  return { now: () => (time += 1_000) }
}

const rooms: readonly (readonly [string, () => Promise<Room>])[] = [
  [
    'Slack',
    async () => {
      const { apiUrl, transcript } = await startSlack(clock())
      return {
        teller: tellerOf({ type: 'slack', token: 'xoxb-secret-token', channel: 'C0123ABCD', apiUrl }),
        transcript,
      }
    },
  ],
  [
    'Discord',
    async () => {
      const { webhookUrl, transcript } = await startDiscord(clock())
      return { teller: tellerOf({ type: 'discord', webhookUrl }), transcript }
    },
  ],
  [
    'Telegram',
    async () => {
      const { apiUrl, transcript } = await startTelegram(clock())
      return { teller: tellerOf({ type: 'telegram', token: '123:hook-secret', chatId: -100, apiUrl }), transcript }
    },
  ],
  [
    'Matrix',
    async () => {
      const { url, transcript } = await startMatrix(clock())
      return {
        teller: tellerOf({ type: 'matrix', homeserver: url, token: 'hook-secret', room: matrixRoom }),
        transcript,
      }
    },
  ],
]

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

  it('begins anew with what is late where it was never posted', async () => {
    const { teller, transcript } = await roomGiven()
    await teller.tell(held, { outdated: true })
    expect(transcript()[0]).toContain(held.title)
  })
})
