import {
  concatMap,
  EMPTY,
  defer,
  filter,
  merge,
  NEVER,
  type Observable,
  pipe,
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
import { retryWhileBusy } from '../../store/retryWhileBusy.js'
import type { Store } from '../../store/Store.js'
import { compareNodes } from '../../sources/agreement/compareNodes.js'
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
import { mayConcludeBy, owedPostChecks, owesPostCheck } from '../postCheck/owedPostChecks.js'
import { owedPreflights, owesPreflight } from '../preflight/owedPreflights.js'
import type { Setup } from '../setUp.js'
import { announceOutages, type AnnounceOutagesOptions } from './announceOutages.js'
import { announceSilences } from './announceSilences.js'
import { resumeChain } from './resumeChain.js'
import { sparingRecall } from './sparingRecall.js'
import { staggerFirstPoll } from './staggerFirstPoll.js'

export interface TurnsOptions {
  readonly store: Store
  /** The configuration that is worked with now. */
  readonly setup: () => Pick<Setup, 'config' | 'chains' | 'lanes' | 'route' | 'stagesOf'>
  readonly log: LogWriter
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  readonly random: () => number
  /** Milliseconds of a clock that nobody sets, since the machine was started. */
  readonly steady: () => number
  readonly scheduler: SchedulerLike
  /** Names of chains to be polled now. */
  readonly force$: Observable<string>
  /** Ends the reading; what was read is worked off. */
  readonly stopping$: Observable<unknown>
  /** Whether turns are acted on, or only kept. */
  readonly isAtWork: () => boolean
  /** Told what a chain is known by before its first turn. */
  readonly onSeed: (seed: ChainState) => void
  /** Told what a reading came to that the stages let lead to nothing. */
  readonly onKeptBack: (kept: KeptBack) => void
}

/**
 * Polls one chain and folds what is read into turns, each committed before it is emitted. `share` spreads its polls
 * among those of other chains. What the configuration says of this chain and of all is that of the beginning; which
 * others there are, and where notifications go, that of now.
 */
export function chainTurns(chain: Chain, share: number, options: TurnsOptions): Observable<Turn> {
  const { store, now, scheduler, stopping$ } = options
  const seed$ = defer(() => [resumeChain(store, chain) ?? newChain(chain.name, now())]).pipe(
    // A chain that a reload changes may come while the state is locked.
    retryWhileBusy(scheduler),
    takeUntil(stopping$),
  )
  return seed$.pipe(concatMap((seed) => turnsFrom(seed, chain, share, options)))
}

function turnsFrom(seed: ChainState, chain: Chain, share: number, options: TurnsOptions): Observable<Turn> {
  const { store, setup, log, now, steady, scheduler, isAtWork, onSeed, onKeptBack } = options
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
    // A store that answers later does so when the wait for the next look has begun.
    if (headPeriod(latest, interval) < before) sooner$.next()
    if (mayConcludeBy(turn)) looked$.next()
  }
  const reread = rereadKeptBack()
  const recording = { chain: chain.name, store, log, now, scheduler }
  const execute = recordOutcomes(chain.execute, recording)
  const lookAhead = recordOutcomes(owedPreflights(chain.config, chain.preflight), recording)
  const lookBack = recordOutcomes(owedPostChecks(chain.postCheck), recording)
  const look = (turn: Turn): Observable<WriteOutcome> | undefined =>
    owesPreflight(turn) || owesPostCheck(turn) ? merge(lookAhead(turn), lookBack(turn)) : undefined
  const commit = (turn: Turn): Observable<never> =>
    commitTurn(store, turn, (...told) => setup().route(...told)).pipe(
      retryWhileBusy(scheduler),
      tap({ complete: () => keep(turn) }),
    )
  const recall = sparingRecall((wanted) => store.recall(chain.name, wanted))
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
        recall: ({ keys, time, surplus }) => {
          const wanted = { keys, before: time - BigInt(Math.ceil(config.proposals.maxAge / 1000)), surplus }
          return defer(() => [recall(wanted)]).pipe(retryWhileBusy(scheduler))
        },
        execute: (turn, current) => (isAtWork() ? execute(turn, current) : EMPTY),
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

/** A chain tells of the outages that its own notifications met; the first one also of those of chains that left. */
function outagesOf(
  { name, config: { labels } }: Chain,
  { store, setup }: TurnsOptions,
): Omit<AnnounceOutagesOptions, 'priorities'> {
  function tellsFor(chain: string): boolean {
    const { chains } = setup()
    const [first] = chains.keys()
    return chain === name || (first === name && !chains.has(chain))
  }
  return { store, channels: { has: (channel) => setup().lanes.has(channel) }, tellsFor, labels }
}

interface Progress extends Pick<Rereading, 'restart'> {
  readonly seed: ChainState
  readonly latest: () => ChainState
  /** The next look is wanted sooner than was known when the wait for it began. */
  readonly sooner$: Observable<unknown>
  /** A look after a height has been answered: the verdict that waits for it comes with a reading. */
  readonly looked$: Observable<unknown>
}

function readingsOf(
  { name, reader, nodes, witnesses, push, config: { monitor, rpc } }: Chain,
  share: number,
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
    random,
    scheduler,
  }: TurnsOptions & Progress,
): Observable<Reading> {
  const { agreement } = rpc
  const recorded = (key: ProposalKey): Proposal | undefined => store.proposal(key)
  const compared = compareNodes(reader, { witnesses, agreement, known: latest, recorded, now, scheduler })
  const forced$ = force$.pipe(filter((forced) => forced === name))
  function poll(wake$: Observable<unknown>): Observable<Reading> {
    return pollProposals({
      reader: guardHeads(compared, { nodes, known: latest, now }),
      restored: seed,
      restart,
      periodMs: staggerFirstPoll(() => headPeriod(latest(), monitor.pollInterval), share),
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
