import {
  concatMap,
  connect,
  defer,
  filter,
  merge,
  NEVER,
  type Observable,
  pipe,
  ReplaySubject,
  type SchedulerLike,
  Subject,
  takeUntil,
  tap,
} from 'rxjs'
import type { ChainState, Turn } from '../../domain/chainState.js'
import { newChain } from '../../domain/newChain.js'
import { headPeriod } from '../../domain/blocks/headPeriod.js'
import type { Proposal, ProposalKey } from '../../domain/proposals/proposal.js'
import type { Reading } from '../../domain/reading.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import type { LogWriter } from '../../channels/Channel.js'
import { commitTurn } from '../../store/commitTurn.js'
import { retryWhileUnwritable } from '../../store/retryWhileUnwritable.js'
import type { Store } from '../../store/Store.js'
import { compareBranches } from '../../sources/agreement/compareBranches.js'
import { compareNodes } from '../../sources/agreement/compareNodes.js'
import { forgetDoubts } from '../../sources/agreement/settleDoubts.js'
import { guardHeads } from '../../sources/agreement/guardHeads.js'
import { pollProposals } from '../../sources/pollProposals.js'
import { wakeByPush } from '../../sources/push/wakeByPush.js'
import { type Rereading, rereadKeptBack } from '../../streams/rereadKeptBack.js'
import { watchChain } from '../../streams/watchChain.js'
import { watchClock } from '../../streams/watchClock.js'
import type { Chain } from '../chain/assembleChain.js'
import { ownPlansOf } from '../chain/ownPlansOf.js'
import { type KeptBack, keptBackOf } from '../control/pollAll.js'
import { recordOutcomes } from '../execute/recordOutcomes.js'
import { mayConcludeBy, owedPostChecks } from '../postCheck/owedPostChecks.js'
import { owedPreflights } from '../preflight/owedPreflights.js'
import type { Setup } from '../setUp.js'
import { announceOutages, type AnnounceOutagesOptions } from './announceOutages.js'
import { announceSilences } from './announceSilences.js'
import { resumeChain } from './resumeChain.js'
import { sparingRecall } from './sparingRecall.js'
import { type Share, spreadPolls } from './spreadPolls.js'

export interface TurnsOptions {
  readonly store: Store
  /** Returns the current setup. */
  readonly setup: () => Pick<Setup, 'config' | 'chains' | 'lanes' | 'route' | 'stagesOf'>
  readonly log: LogWriter
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly random: () => number
  /** Steady clock in milliseconds since the machine was started. It is never set. */
  readonly steady: () => number
  readonly scheduler: SchedulerLike
  /** Names of chains to poll now. */
  readonly force$: Observable<string>
  /** Stops the reading; readings already made are still processed. */
  readonly stopping$: Observable<unknown>
  /** Returns whether turns are acted on, or only committed. */
  readonly isAtWork: () => boolean
  /** Called with the state of a chain before its first turn. */
  readonly onSeed: (seed: ChainState) => void
  /** Called with the result of a reading that the stages kept back. */
  readonly onKeptBack: (kept: KeptBack) => void
}

/**
 * Polls one chain and folds the readings into turns, each committed before it is emitted. `share` spreads its polls
 * among those of other chains. The settings of this chain and the common settings stay those of the start; the set of
 * chains and the routing are always the current ones.
 */
export function chainTurns(chain: Chain, share: Share, options: TurnsOptions): Observable<Turn> {
  const { store, now, scheduler, stopping$ } = options
  const seed$ = defer(() => [resumeChain(store, chain) ?? newChain(chain.name, now())]).pipe(
    // A chain that a reload adds may start while the state cannot be written.
    retryWhileUnwritable(scheduler),
    takeUntil(stopping$),
  )
  // A write may begin after the stop, because it waits for the one before it.
  return seed$.pipe(
    concatMap((seed) =>
      stopping$.pipe(
        connect((stopped$) => turnsFrom(seed, chain, share, { ...options, stopping$: stopped$ }), {
          connector: () => new ReplaySubject(1),
        }),
      ),
    ),
  )
}

function turnsFrom(seed: ChainState, chain: Chain, share: Share, options: TurnsOptions): Observable<Turn> {
  const { store, setup, log, now, steady, scheduler, stopping$, isAtWork, onSeed, onKeptBack } = options
  const interval = chain.config.monitor.pollInterval
  const { config, stagesOf } = setup()
  const { priorities } = config.notifier
  onSeed(seed)
  let latest = seed
  const sooner$ = new Subject<void>()
  const looked$ = new Subject<void>()
  const keep = (turn: Turn): void => {
    const before = headPeriod(latest, interval)
    latest = turn.state
    // A store that commits later finishes after the wait for the next poll has begun, so a shorter period restarts it.
    if (headPeriod(latest, interval) < before) sooner$.next()
    if (mayConcludeBy(turn)) looked$.next()
  }
  const reread = rereadKeptBack()
  const recording = { chain: chain.name, store, log, now, scheduler }
  const execute = recordOutcomes(chain.execute, recording)
  const lookAhead = recordOutcomes(owedPreflights(chain.config, chain.preflight), recording)
  const lookBack = recordOutcomes(owedPostChecks(chain.postCheck), recording)
  const look = (turn: Turn): Observable<WriteOutcome> | undefined => {
    const begun$ = [lookAhead(turn), lookBack(turn)].filter((look$) => look$ !== undefined)
    return begun$.length === 0 ? undefined : merge(...begun$)
  }
  const commit = (turn: Turn): Observable<never> | undefined => {
    const committing$ = commitTurn(store, turn, (...told) => setup().route(...told), scheduler)
    if (committing$ !== undefined) return committing$.pipe(tap({ complete: () => keep(turn) }))
    keep(turn)
    return undefined
  }
  const recall = sparingRecall((wanted) =>
    defer(() => [store.recall(chain.name, wanted)]).pipe(retryWhileUnwritable(scheduler)),
  )
  const { restart } = reread
  return readingsOf(chain, share, { ...options, seed, latest: () => latest, restart, sooner$, looked$ }).pipe(
    watchChain(
      seed,
      pipe(
        reread.stage,
        stagesOf(chain, ownPlansOf(chain.config, store)),
        announceSilences({ store, labels: chain.config.labels, priorities }),
        announceOutages({ ...outagesOf(chain, options), priorities }),
      ),
      {
        commit,
        recall: ({ keys, time, surplus }) =>
          recall({ keys, before: time - BigInt(Math.ceil(config.proposals.maxAge / 1000)), surplus }),
        execute: (turn, current) => (isAtWork() ? execute(turn, current, stopping$) : undefined),
        look: (turn) => (isAtWork() ? look(turn) : undefined),
        onKeptBack: (event) => {
          reread.onKeptBack(event)
          const kept = keptBackOf(chain.name, event)
          if (kept !== undefined) onKeptBack(kept)
        },
        now,
        clockSet: watchClock({ now, steady }),
      },
    ),
  )
}

/** A chain announces outages of its own notifications; the first chain also those of chains that were removed. */
function outagesOf(
  { name, config: { labels } }: Chain,
  { store, setup }: TurnsOptions,
): Omit<AnnounceOutagesOptions, 'priorities'> {
  function announcesFor(chain: string): boolean {
    const { chains } = setup()
    const [first] = chains.keys()
    return chain === name || (first === name && !chains.has(chain))
  }
  return { store, channels: { has: (channel) => setup().lanes.has(channel) }, announcesFor, labels }
}

interface Progress extends Pick<Rereading, 'restart'> {
  readonly seed: ChainState
  readonly latest: () => ChainState
  /** Emits when the next poll is due sooner than expected when the wait for it began. */
  readonly sooner$: Observable<unknown>
  /** Emits when a check after a height has been answered, because a reading must follow for its verdict. */
  readonly looked$: Observable<unknown>
}

function readingsOf(
  { name, reader, nodes, witnesses, push, config: { monitor, rpc, scheduler: scheduling } }: Chain,
  share: Share,
  {
    store,
    seed,
    latest,
    restart,
    sooner$,
    looked$,
    force$,
    stopping$,
    log,
    now,
    steady,
    random,
    scheduler,
  }: TurnsOptions & Progress,
): Observable<Reading> {
  const { agreement } = rpc
  const recorded = (key: ProposalKey): Proposal | undefined => store.proposal(key)
  const trusted = agreement > 1 ? reader : forgetDoubts(reader)
  // Its waits are counted by the clock that nobody sets: after the other one was set back they would last too long.
  const compared = compareNodes(trusted, { witnesses, agreement, known: latest, recorded, now: steady, scheduler })
  const forced$ = force$.pipe(filter((forced) => forced === name))
  const { leadBlocks } = scheduling
  const guarded = guardHeads(compared, { nodes, agreement, known: latest, leadBlocks, now, scheduler })
  const watched = compareBranches(guarded, { nodes, known: latest, leadBlocks, now, scheduler })
  const { pollInterval } = monitor
  const period = (): number => headPeriod(latest(), pollInterval)
  function poll(wake$: Observable<unknown>): Observable<Reading> {
    return pollProposals({
      reader: watched,
      restored: seed,
      restart,
      periodMs: spreadPolls(period, { share, intervalMs: pollInterval, now: steady }),
      restartWait$: sooner$,
      maxBackoffMs: monitor.maxBackoff,
      trigger$: merge(forced$, looked$, wake$),
      now,
      random,
      scheduler,
    })
  }
  const reading$ =
    push === undefined
      ? poll(NEVER)
      : wakeByPush({ poll, push: (polled$) => push.heads({ polled$, log, random, scheduler }) })
  return reading$.pipe(takeUntil(stopping$))
}
