import {
  distinctUntilChanged,
  fromEvent,
  fromEventPattern,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  scan,
  startWith,
  Subject,
  takeUntil,
  takeWhile,
  tap,
  timer,
} from 'rxjs'
import type { ProposalKey } from '../../domain/proposals/proposal.js'
import type { Screen } from '../Terminal.js'
import { type Key, keysIn } from './keysIn.js'
import type { Picture } from './Picture.js'
import { pageSizeOf, renderView, type Scene } from './renderView.js'
import type { Source } from './Source.js'
import { firstView, stepView, type View } from './stepView.js'

interface RunOptions {
  readonly source: Source
  readonly screen: Screen
  readonly color: boolean
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** Ends the screen. */
  readonly signal: AbortSignal
}

/** An event that changes the screen. */
type Move = { readonly key: Key } | { readonly picture: Picture } | 'redraw'

interface Looking {
  readonly picture?: Picture
  /** Absent once the user has quit. */
  readonly view?: View
}

const tickMs = 1_000

/** Shows a govstream on the whole terminal until the user quits. The terminal is always restored. */
export async function runScreen({ source, screen, color, now, signal }: RunOptions): Promise<void> {
  const opened$ = new Subject<ProposalKey | undefined>()
  const sceneOf = ({ picture, view = firstView }: Looking): Scene => ({
    view,
    ...screen.size(),
    color,
    now: now(),
    ...(picture !== undefined && { picture }),
  })
  const step = (looking: Looking, move: Move): Looking => {
    if (move === 'redraw') return looking
    if ('picture' in move) return { ...looking, picture: move.picture }
    const { view, picture } = looking
    if (view === undefined) return looking
    const next = stepView(view, move.key, picture ?? noPicture, pageSizeOf(sceneOf(looking)))
    return { ...(picture !== undefined && { picture }), ...(next !== undefined && { view: next }) }
  }
  const moves$: Observable<Move> = merge(
    fromEventPattern<string>(
      (heard) => screen.onInput(heard),
      (_, stop: () => void) => stop(),
    ).pipe(
      mergeMap(keysIn),
      map((key) => ({ key })),
    ),
    fromEventPattern(
      (resized) => screen.onResize(resized),
      (_, stop: () => void) => stop(),
    ).pipe(map((): Move => 'redraw')),
    timer(tickMs, tickMs).pipe(map((): Move => 'redraw')),
    source.readPictures(opened$.pipe(distinctUntilChanged())).pipe(map((picture) => ({ picture }))),
  ).pipe(startWith<Move>('redraw'))
  const stop$ = signal.aborted ? of(true) : fromEvent(signal, 'abort')
  try {
    const end$ = moves$.pipe(
      scan(step, { view: firstView }),
      takeWhile(({ view }) => view !== undefined),
      tap((looking) => screen.draw(renderView(sceneOf(looking)))),
      tap(({ view }) => opened$.next(openedIn(view))),
      ignoreElements(),
      takeUntil(stop$),
    )
    await lastValueFrom(end$, { defaultValue: undefined })
  } finally {
    screen.close()
  }
}

const noPicture: Picture = { from: '', chains: [], upgrades: [], proposals: [], events: [] }

function openedIn(view: View | undefined): ProposalKey | undefined {
  return view?.page === 'item' && view.selected?.list === 'proposals' ? view.selected.key : undefined
}
