import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/openStore.js'
import { cliHere } from '../support/cliHere.js'
import {
  at,
  holding,
  move,
  proposal,
  queueing,
  state,
  temporaryDirectory,
  turn,
  upgrade,
} from '../support/storeGiven.js'

let directory: ReturnType<typeof temporaryDirectory>
beforeEach(() => (directory = temporaryDirectory()))
afterEach(() => directory[Symbol.dispose]())

const id = 'announced-12'
const announced = upgrade(id, { name: 'horace', height: 100, scheduledAt: 20n, announced: true, origin: 'event' })
const said = proposal(id, {
  announced: true,
  title: 'Upgrade horace',
  status: 'passed',
  finding: { plan: { name: 'horace', height: 100 }, origin: 'event', problems: [] },
})

function given(): void {
  const store = openStore({ path: `${directory.path}/state.db` })
  const known = state({ head: at(50n), proposals: holding(said), upgrades: queueing(announced) })
  const changes = [
    { type: 'proposalAppeared', chain: 'local', proposal: said, backfill: false, at: 12n, time: 20n },
  ] as const
  store.commit(turn({ time: 60_000, state: known, changes, moves: [move(announced)] }), () => [])
  store.close()
}

const run = async (...args: readonly string[]): Promise<string> => {
  given()
  const { code, out } = await cliHere([...args, '--state', 'state.db'], directory.path)
  expect(code).toBe(0)
  return out
}

describe('an upgrade that a contract announced', () => {
  it('is listed under upgrades, without a proposal', async () => {
    expect(JSON.parse(await run('upgrades', '--json'))).toMatchObject([
      { key: announced.key, name: 'horace', height: 100, proposalId: null, kind: 'governance', origin: 'event' },
    ])
    expect(await run('upgrades')).toContain('horace  scheduled  announced  in 50 blocks')
  })

  it('is listed under neither proposals nor open proposals', async () => {
    expect(JSON.parse(await run('proposals', '--json'))).toStrictEqual([])
    expect(JSON.parse(await run('proposals', '--active', '--json'))).toStrictEqual([])
    expect(JSON.parse(await run('status', '--json'))).toMatchObject([
      { openProposals: 0, nextUpgrade: { key: announced.key, name: 'horace', blocksLeft: '50' } },
    ])
  })

  it('is explained as announced, not as voted on', async () => {
    const out = await run('explain', 'horace')
    expect(out).toContain(`Announced by the contract ${announced.contract}: no vote decided it.`)
    expect(out).toContain('its contract announced it, no vote decides it.')
    expect(out).not.toContain('roposal')
  })

  it('is named by its block in the audit trail', async () => {
    const out = await run('audit')
    expect(out).toContain('The announcement in block 12 appeared')
    expect(out).toContain('Upgrade horace at height 100, the announcement in block 12: scheduled')
    expect(out).not.toContain('roposal')
  })
})
