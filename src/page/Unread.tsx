import type { JSX } from 'preact'
import { cleanLine } from '../domain/text/text.js'
import { Empty } from './Parts.js'
import type { PageState } from './state.js'

/** Watched chains that were never read: nothing is known of them, not even that their lists are empty. */
export function unreadOf({ chains }: PageState): readonly string[] {
  return chains.flatMap(({ chain, enabled, lastGoodPoll }) =>
    enabled && lastGoodPoll === null ? [cleanLine(chain, 60)] : [],
  )
}

/** The note of a section that is empty because nothing was read. */
export function Unread({ state }: { readonly state: PageState }): JSX.Element {
  const unread = unreadOf(state)
  const [first = '', ...others] = unread
  const who = others.length === 0 ? `${first} was` : `${first} and ${others.length} more chains were`
  return <Empty>{who} not read so far: what is scheduled or in the vote there is not known.</Empty>
}
