import { existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { actOn } from '../../src/assembly/actOn.js'
import { parseConfig } from '../../src/config/parseConfig.js'
import type { ChainState, Turn } from '../../src/domain/chainState.js'
import { keyOf, type Proposal, type ProposalStatus } from '../../src/domain/proposal.js'
import type { GoodReading } from '../../src/domain/reading.js'
import { withDefaults } from '../../src/domain/scheduling.js'
import type { UpgradeStatus } from '../../src/domain/upgrade.js'
import { openStore } from '../../src/sinks/store/openStore.js'
import { type ChainEvent, newChain, stepChain } from '../../src/streams/stepChain.js'
import { at, proposal, temporaryDirectory } from '../support/storeGiven.js'

const none = { defaultValue: [] }
const settings = { plan: withDefaults({ minUpgradeDelay: 0, when: 'on-schedule' }) }

const voted = (id: string, status: ProposalStatus, height: number): Proposal =>
  proposal(id, { status, type: 'upgrade', votingEnd: 5n, finding: { plan: { name: `v${id}`, height }, origin: 'call', problems: [] } })

const reading = (block: bigint, ...proposals: readonly Proposal[]): GoodReading => ({
  ok: true, chain: 'local', readAt: Number(block) * 2_000, head: at(block), at: at(block), proposals, votes: [], retracted: [],
  backlog: 0n, cursor: block.toString(), warnings: [],
})

/** A chain, its store and the file it writes; `crash` is a turn that is committed and not carried out. */
function given() {
  const place = temporaryDirectory()
  onTestFinished(() => place[Symbol.dispose]())
  const { chains: [config] } = parseConfig({
    chains: [{
      name: 'local', rpc: { urls: ['http://127.0.0.1:1'] }, governance: { system: 'governor', address: `0x${'1'.repeat(40)}` },
      upgradeInfo: { home: place.path, when: 'on-schedule' },
    }],
  })
  const act = actOn(config!, { witnesses: [], findPlan: ({ finding }) => finding })
  const store = openStore({ path: join(place.path, 'state.db') })
  const seen = (): ChainState => store.load('local') ?? newChain('local', 0)
  const take = (event: ChainEvent): Turn => {
    const turn = stepChain(seen(), event, settings)
    store.commit(turn, () => [])
    return turn
  }
  const path = join(place.path, 'data', 'upgrade-info.json')
  return {
    path,
    file: (): unknown => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined),
    status: (id: string): UpgradeStatus | undefined => seen().upgrades.get(keyOf(proposal(id)))?.status,
    crash: (block: bigint, ...proposals: readonly Proposal[]): Turn => take({ type: 'reading', reading: reading(block, ...proposals) }),
    /** A turn that is carried out, and the process killed before the answer is committed. */
    crashAfter: async (block: bigint, ...proposals: readonly Proposal[]): Promise<void> => {
      await lastValueFrom(act(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(toArray()), none)
    },
    poll: async (block: bigint, ...proposals: readonly Proposal[]): Promise<readonly string[]> => {
      const outcomes = await lastValueFrom(act(take({ type: 'reading', reading: reading(block, ...proposals) })).pipe(toArray()), none)
      for (const outcome of outcomes) take({ type: 'wrote', outcome, hostTime: Number(block) * 2_000 })
      return outcomes.map(({ result }) => result)
    },
  }
}

describe('the file of a plan that is off', () => {
  it('is taken back once', async () => {
    const { poll, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    expect(await poll(11n, voted('1', 'passed', 100))).toStrictEqual(['written'])
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['removed'])

    expect(file()).toBeUndefined()
    expect(await poll(13n)).toStrictEqual([])
  })

  it('is taken back after a crash between the commit and the disk', async () => {
    const { poll, crash, file, status } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('1', 'canceled', 100))
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
    await poll(13n)

    expect(file()).toBeUndefined()
    expect(status('1')).toBe('cancelled')
  })

  it('is taken back where the crash came right after it was written, and left alone where the plan still stands', async () => {
    const { poll, crashAfter, file } = given()
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 200))
    await crashAfter(11n, voted('1', 'passed', 100))
    expect(await poll(12n)).toStrictEqual(['unchanged'])
    await poll(13n, voted('1', 'canceled', 100))
    await crashAfter(14n, voted('2', 'passed', 200))
    expect(file()).toStrictEqual({ name: 'v2', height: 200 })
    await poll(15n, voted('2', 'canceled', 200))

    expect(file()).toBeUndefined()
  })

  it('makes room for a lower plan, also after a crash', async () => {
    const { poll, crash, file, status } = given()
    await poll(10n, voted('1', 'voting', 100), voted('2', 'voting', 50))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('2', 'passed', 50))
    expect(await poll(13n)).toStrictEqual(['removed', 'written'])

    expect(file()).toStrictEqual({ name: 'v2', height: 50 })
    expect([status('1'), status('2')]).toStrictEqual(['scheduled', 'scheduled'])
  })

  it('is tried again on each poll while the disk says no', async () => {
    const { poll, path, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    renameSync(path, `${path}.real`)
    symlinkSync(`${path}.real`, path)
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['stuck'])
    expect(await poll(13n)).toStrictEqual(['stuck'])
    renameSync(`${path}.real`, path)
    expect(await poll(14n)).toStrictEqual(['removed'])

    expect(file()).toBeUndefined()
  })

  it('is left alone at its height', async () => {
    const { poll, crash, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    crash(12n, voted('1', 'canceled', 100))

    expect(await poll(100n)).toStrictEqual([])
    expect(file()).toStrictEqual({ name: 'v1', height: 100 })
  })

  it('is left alone where somebody else has written it since', async () => {
    const { poll, path, file } = given()
    await poll(10n, voted('1', 'voting', 100))
    await poll(11n, voted('1', 'passed', 100))
    writeFileSync(path, '{"name":"by-hand","height":90}')
    expect(await poll(12n, voted('1', 'canceled', 100))).toStrictEqual(['kept'])

    expect(await poll(13n)).toStrictEqual([])
    expect(file()).toStrictEqual({ name: 'by-hand', height: 90 })
  })
})
