import { beforeAll, describe, expect, onTestFinished } from 'vitest'
import type { Chain } from '../support/chain.js'
import { onSharedChain as it } from '../support/fixtures.js'
import { headings, type LivingRoom, livingRooms } from '../support/services/livingRooms.js'
import { buildWhereStale } from './buildWhereStale.js'
import { openOffice } from './office.js'
import { ask, type Program, start } from './program.js'

beforeAll(() => buildWhereStale(), 180_000)

const aWholeStoryMs = 120_000
const events = ['new_proposal', 'proposal_canceled']

async function kill(program: Program): Promise<void> {
  program.signal('SIGKILL')
  await program.ended
}

/** A governor, a program that watches it, and the rooms that it posts to. */
async function begun(chain: Chain) {
  const people = await chain.deploy()
  const rooms: readonly LivingRoom[] = await Promise.all(Object.values(livingRooms).map((begin) => begin()))
  const handlers = rooms.map(({ settings }) => ({ ...settings, events }))
  const office = openOffice({ rpc: chain.url, governor: people.governor, handlers })
  onTestFinished(() => office[Symbol.dispose]())
  const { config } = office
  const first = start(['run', '--config', config])
  await first.says('govstream starts')
  return { people, rooms, config, first }
}

/** Returns once what was answered is committed. */
async function committed(config: string): Promise<void> {
  expect(await ask('sync', '--config', config)).toMatchObject([{ ok: true }])
}

describe('kill -9', () => {
  it(
    'keeps the message of a proposal: the next program edits it',
    async ({ chain }) => {
      const { people, rooms, config, first } = await begun(chain)
      const id = await people.actor.propose({ description: 'One' })
      await Promise.all(rooms.map(({ service }) => service.calls.waitFor(1)))
      await committed(config)
      await kill(first)
      await people.actor.cancel(id)
      const second = start(['run', '--config', config])
      await second.says('govstream starts')
      // The post, the edit and the reply; in Matrix also a read of the message before its edit, and of our account.
      const asked = ({ settings }: LivingRoom): number => (settings['type'] === 'matrix' ? 5 : 3)
      await Promise.all(rooms.map((room) => room.service.calls.waitFor(asked(room))))
      await kill(second)

      for (const room of rooms) expect(headings(room)).toStrictEqual(['[closed] Canceled: One', 'Canceled: One'])
    },
    aWholeStoryMs,
  )

  it(
    'between answer and commit posts the message again unless the service detects the repetition',
    async ({ chain }) => {
      const { people, rooms, config, first } = await begun(chain)
      for (const { service } of rooms) service.fail('commit-then-hang')
      await people.actor.propose({ description: 'One' })
      await Promise.all(rooms.map(({ service }) => service.calls.waitFor(1)))
      await kill(first)
      const second = start(['run', '--config', config])
      await Promise.all(rooms.map(({ service }) => service.calls.waitFor(2)))
      await kill(second)

      const once = ['New proposal: One']
      const twice = [...once, ...once]
      expect(rooms.map((room) => [room.settings['type'], headings(room)])).toStrictEqual([
        ['slack', twice],
        ['discord', twice],
        ['telegram', twice],
        ['matrix', once],
      ])
    },
    aWholeStoryMs,
  )

  it(
    'during an edit posts nothing again: the next program repeats the edit, and replies once',
    async ({ chain }) => {
      const { people, rooms, config, first } = await begun(chain)
      const id = await people.actor.propose({ description: 'One' })
      await Promise.all(rooms.map(({ service }) => service.calls.waitFor(1)))
      await committed(config)
      for (const { service } of rooms) service.fail('commit-then-hang')
      await people.actor.cancel(id)
      await Promise.all(rooms.map(({ service }) => service.calls.waitFor(2)))
      await kill(first)
      const second = start(['run', '--config', config])
      await second.says('govstream starts')
      // The post, the edit, the repeated edit and the reply; in Matrix also a read of the message before each edit.
      const asked = ({ settings }: LivingRoom): number => (settings['type'] === 'matrix' ? 6 : 4)
      await Promise.all(rooms.map((room) => room.service.calls.waitFor(asked(room))))
      await kill(second)

      for (const room of rooms) expect(headings(room)).toStrictEqual(['[closed] Canceled: One', 'Canceled: One'])
    },
    aWholeStoryMs,
  )
})
