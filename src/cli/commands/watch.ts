import {
  auditTime,
  catchError,
  EMPTY,
  filter,
  fromEvent,
  ignoreElements,
  lastValueFrom,
  merge,
  NEVER,
  of,
  take,
  takeUntil,
  tap,
} from 'rxjs'
import { readRemoteToken } from '../../config/readRemoteToken.js'
import { defined } from '../../domain/defined.js'
import { ConfigError, RemoteError } from '../../domain/errors.js'
import type { Notification } from '../../domain/notifications/notification.js'
import { cleanLine } from '../../domain/text/text.js'
import { exitCodes } from '../exitCodes.js'
import { locateState } from '../locateState.js'
import { overviewLines } from '../watch/overviewLines.js'
import type { Picture } from '../watch/Picture.js'
import { runScreen } from '../watch/runScreen.js'
import type { Source } from '../watch/Source.js'
import { firstView } from '../watch/stepView.js'
import type { Context } from '../Terminal.js'

const settlesMs = 1_000

export interface WatchOptions {
  readonly config?: string
  readonly state?: string
  readonly url?: string
}

/** Shows the current state until the user quits: full-screen, or one line per event if there is no screen. */
export async function watch(options: WatchOptions, { terminal, now, signal }: Context): Promise<number> {
  const source = await sourceOf(options, now)
  const { openScreen, color } = terminal
  try {
    if (openScreen === undefined) await tellLines(source, { terminal, signal, now })
    else await runScreen({ source, screen: openScreen(), color, now, signal })
  } catch (cause) {
    if (!(cause instanceof RemoteError) || (cause.status !== 401 && cause.status !== 403)) throw cause
    throw new RemoteError(`${cause.message} It is taken from GOVSTREAM_TOKEN.`, cause.status, { cause })
  }
  return exitCodes.done
}

/** @throws ConfigError if it is unclear what to watch. */
async function sourceOf({ config, state, url }: WatchOptions, now: () => number): Promise<Source> {
  if (url === undefined) {
    const located = await locateState(defined({ config, state }))
    const { watchedState } = await import('../watch/watchedState.js')
    return watchedState(located, now)
  }
  if (state !== undefined)
    throw new ConfigError([{ path: '--url', message: 'expected one of --state and --url, not both' }])
  const base = remoteUrl(url)
  const { watchedUrl } = await import('../watch/watchedUrl.js')
  return watchedUrl({ url: base, ...defined({ token: readRemoteToken(config) }) })
}

/** Rejects URLs with credentials, because every user of the machine can see the arguments of a process. */
function remoteUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new ConfigError([
      { path: '--url', message: 'expected an http:// or https:// URL, such as http://127.0.0.1:9464' },
    ])
  const { username, password, search } = new URL(url)
  if (username === '' && password === '' && search === '') return url
  throw new ConfigError([
    {
      path: '--url',
      message: 'expected no user, password or query in it, because other users can see it: set GOVSTREAM_TOKEN instead',
    },
  ])
}

/** Prints the current state, beside the lines of the events; then one line per event. */
async function tellLines(
  source: Source,
  { terminal, signal, now }: Pick<Context, 'terminal' | 'signal' | 'now'>,
): Promise<void> {
  const stop$ = signal.aborted ? of(true) : fromEvent(signal, 'abort')
  // A remote govstream sends the state in parts, and on a busy chain without a pause.
  const standing$ = source.readPictures(NEVER).pipe(
    filter(({ chains }) => chains.length > 0),
    auditTime(settlesMs),
    take(1),
    tap((picture) => standingLines(picture, now()).forEach(terminal.note)),
    // The events report errors.
    catchError(() => EMPTY),
  )
  const events$ = source.readEvents().pipe(
    tap((told) => {
      if (typeof told === 'string') terminal.note(`govstream: ${cleanLine(told, 1_000)}`)
      else terminal.out(lineOf(told))
    }),
  )
  await lastValueFrom(merge(standing$, events$).pipe(ignoreElements(), takeUntil(stop$)), { defaultValue: undefined })
}

function standingLines(picture: Picture, now: number): readonly string[] {
  return overviewLines({ picture, view: firstView, columns: 100, room: 40, color: false, now })
}

function lineOf({ timestamp, priority, event, chain, title, silenced }: Notification): string {
  const words = [timestamp, priority, event, chain, silenced === undefined ? title : `[silenced] ${title}`]
  return words.map((word) => cleanLine(word, 400)).join('  ')
}
