import { untilDone } from '../support/fixtures.js'
import { asyncScheduler, defer, EMPTY, firstValueFrom, lastValueFrom, map, NEVER, Subject, throwError } from 'rxjs'
import { describe, expect, it as plain, onTestFinished, vi } from 'vitest'
import { parseConfig } from '../../src/config/parseConfig.js'
import type { Config } from '../../src/config/schema.js'
import type { LogWriter } from '../../src/channels/Channel.js'
import type { Turn } from '../../src/domain/chainState.js'
import { StoreError } from '../../src/domain/errors.js'
import { assembleChain, type Chain as AssembledChain } from '../../src/monitor/chain/assembleChain.js'
import { lineOptionsOf } from '../../src/monitor/chain/lineOptionsOf.js'
import { createServerAccess } from '../../src/monitor/createServerAccess.js'
import { rebuiltTurns } from '../../src/monitor/turns/rebuiltTurns.js'
import { chainTurns } from '../../src/monitor/turns/chainTurns.js'
import { alone } from '../../src/monitor/turns/spreadPolls.js'
import { openStore } from '../../src/store/openStore.js'
import type { EmbeddedStore, Store } from '../../src/store/Store.js'
import { pipeStages, stagesOf } from '../../src/streams/pipeStages.js'
import { contract, genesis, reading, upgradeProposal } from '../support/builders.js'
import { startChain } from '../support/chain.js'
import { marbles } from '../support/marbles.js'
import { readerOver } from '../support/readerOver.js'
import { chainOf } from './watching.js'

/**
 * `node` is a local chain with a governor, `config` watches it, and `chain` is what the
 * monitor makes of that.
 */
const it = plain
  .extend('node', { scope: 'file' }, ({}, cleaning) => untilDone(startChain(), cleaning))
  .extend('config', { scope: 'file' }, async ({ node }) => {
    const { governor } = await node.deploy()
    return parseConfig({ state: ':memory:', chains: [chainOf(node.url, governor)] })
  })
  .extend('chain', { scope: 'file' }, ({ config }) =>
    assembleChain(config.chains[0]!, { ...createServerAccess(config), now }),
  )

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const route = (): readonly string[] => []
const now = Date.now

/** An embedded store whose commits are answered by `commit`. */
function storeWith(commit: (own: EmbeddedStore, turn: Turn) => ReturnType<Store['commit']>): Store {
  const own = openStore({ path: ':memory:' })
  onTestFinished(() => own.close())
  return { ...own, commit: (turn) => commit(own, turn) }
}

/** The turns of the chain as a monitor commits them to the store. */
function turnsIn(
  config: Config,
  chain: AssembledChain,
  store: Store,
  log: LogWriter = silent,
): ReturnType<typeof chainTurns> {
  return chainTurns(chain, alone, {
    store,
    setup: () => ({
      config,
      chains: new Map([[chain.name, chain]]),
      lanes: new Map(),
      route,
      stagesOf: ({ config: own }) => pipeStages(stagesOf(lineOptionsOf(own, config))),
    }),
    now,
    steady: now,
    log,
    scheduler: asyncScheduler,
    random: () => 0.5,
    force$: NEVER,
    stopping$: NEVER,
    isAtWork: () => false,
    onSeed: () => undefined,
    onKeptBack: () => undefined,
  })
}

describe('turns of a chain whose store answers asynchronously', () => {
  it('are emitted in order, each once it is durable', async ({ node, config, chain }) => {
    const answers: Subject<void>[] = []
    const store = storeWith((own, turn) =>
      defer(() => {
        const answer$ = new Subject<void>()
        answers.push(answer$)
        answer$.subscribe({ complete: () => own.commit(turn, route) })
        return answer$
      }),
    )
    const durable: boolean[] = []
    const told = turnsIn(config, chain, store).subscribe(({ state }) =>
      durable.push(store.load('local')?.head === state.head),
    )
    onTestFinished(() => told.unsubscribe())

    await expect.poll(() => answers.length).toBe(1)
    await node.client.mine({ blocks: 1 })
    // The next reading waits: it builds on a state that is not durable yet.
    expect([durable.length, answers.length, store.load('local')]).toStrictEqual([0, 1, undefined])

    answers[0]?.complete()
    await expect.poll(() => answers.length).toBe(2)
    expect(durable).toHaveLength(1)
    answers[1]?.complete()
    expect(durable).toHaveLength(2)
  })

  it('are polled faster near the height of a plan only from the reading that found the plan', async () => {
    vi.useFakeTimers({ now: Number(genesis) * 1_000 })
    onTestFinished(() => void vi.useRealTimers())
    const nearly = upgradeProposal('1', 'v2', 20, { status: 'passed' })
    const read = [reading(10), reading(11, [nearly]), reading(12)].map((one) => ({ ...one, readAt: now() }))
    const store = storeWith(async (own, turn) => Promise.resolve().then(() => own.commit(turn, route)))
    const numbers: bigint[] = []
    const slow = parseConfig({
      chains: [chainOf('http://127.0.0.1:1', contract, { monitor: { pollInterval: '1h' } })],
    })
    const chain = assembleChain(slow.chains[0]!, { ...createServerAccess(slow), now, ownReader: readerOver(read) })
    const told = turnsIn(slow, chain, store).subscribe(({ state }) => numbers.push(state.proposalsReadTo ?? 0n))
    onTestFinished(() => told.unsubscribe())

    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(numbers).toStrictEqual([10n, 11n])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(numbers).toStrictEqual([10n, 11n, 12n])
  })

  it('are committed again if the store answers that it is locked', async ({ config, chain }) => {
    let tries = 0
    const store = storeWith((own, turn) => {
      tries += 1
      return tries === 1
        ? Promise.reject(new StoreError('locked', { kind: 'transient' }))
        : Promise.resolve().then(() => own.commit(turn, route))
    })
    const turn = await firstValueFrom(turnsIn(config, chain, store), { defaultValue: undefined })

    expect(tries).toBe(2)
    expect(store.load('local')?.head?.number).toBe(turn?.state.head?.number ?? 'a head')
  })

  it('start once the state can be read, if it is locked at first', async () => {
    vi.useFakeTimers({ now: Number(genesis) * 1_000 })
    onTestFinished(() => void vi.useRealTimers())
    const locks = [1, 2]
    const own = storeWith((open, turn) => open.commit(turn, route))
    const store: Store = {
      ...own,
      resume: (chain) => {
        if (locks.pop() !== undefined) throw new StoreError('locked', { kind: 'transient' })
        return own.resume(chain)
      },
    }
    const config = parseConfig({ chains: [chainOf('http://127.0.0.1:1', contract)] })
    const read = [{ ...reading(10), readAt: now() }]
    const chain = assembleChain(config.chains[0]!, { ...createServerAccess(config), now, ownReader: readerOver(read) })
    const heads: (bigint | undefined)[] = []
    const told = turnsIn(config, chain, store).subscribe(({ state }) => heads.push(state.head?.number))
    onTestFinished(() => told.unsubscribe())

    await vi.advanceTimersByTimeAsync(60_000)
    expect(heads.at(0)).toBe(10n)
  })

  it('end with an error if the commit fails permanently', async ({ config, chain }) => {
    const broken = storeWith(() => throwError(() => new StoreError('the disk is full')))

    await expect(firstValueFrom(turnsIn(config, chain, broken), { defaultValue: undefined })).rejects.toThrow(
      new StoreError('the disk is full'),
    )
  })
})

describe('the notification of a rebuilt state', () => {
  it(
    'waits for a store that answers asynchronously, and only then clears the record of the rebuild',
    marbles(({ cold, expectObservable, flush }) => {
      const log: string[] = []
      const rebuilt$ = rebuiltTurns({
        store: {
          rebuilt: () => ({ movedTo: 'a.db.damaged', problem: 'torn' }),
          forgetRebuilt: () => void log.push('forgotten'),
          load: () => undefined,
          commit: ({ state }) => {
            log.push(`commit ${state.chain}`)
            return state.chain === 'two' ? EMPTY : cold<never>('--|')
          },
        },
        chains: ['one', 'two'].map((name) => ({ name, config: { labels: {} } })),
        route,
        now: () => 0,
      })
      expectObservable(rebuilt$.pipe(map(({ state }) => state.chain))).toBe('--(ab|)', { a: 'one', b: 'two' })
      flush()
      expect(log).toStrictEqual(['commit one', 'commit two', 'forgotten'])
    }),
  )

  it('has the labels of its chain and the configured priority', async () => {
    const rebuilt$ = rebuiltTurns({
      store: {
        rebuilt: () => ({ movedTo: 'a.db.damaged', problem: 'torn' }),
        forgetRebuilt: () => undefined,
        load: () => undefined,
        commit: () => EMPTY,
      },
      chains: [{ name: 'one', config: { labels: { team: 'core' } } }],
      priorities: { state_rebuilt: 'critical' },
      route,
      now: () => 0,
    })
    const announcements = await lastValueFrom(rebuilt$.pipe(map((turn) => turn.announcements)), { defaultValue: [] })
    const told = { event: 'state_rebuilt', labels: { team: 'core' }, priority: 'critical' }
    expect(announcements).toMatchObject([{ notification: told }])
  })
})
