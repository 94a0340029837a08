import { amountText } from '../domain/notifications/phrases.js'
import type { JSX } from 'preact'
import { cleanLine } from '../domain/text/text.js'
import { Empty } from './Parts.js'
import type { PageState } from './state.js'

/** Watched chains that were never read: nothing is known about them, not even that their lists are empty. */
export function unreadOf({ chains }: PageState): readonly string[] {
  return chains.flatMap(({ chain, enabled, lastGoodPoll }) =>
    enabled && lastGoodPoll === null ? [cleanLine(chain, 60)] : [],
  )
}

/** The note of a section that is empty because nothing was read. */
export function Unread({ state }: { readonly state: PageState }): JSX.Element {
  const unread = unreadOf(state)
  const [first = '', ...others] = unread
  const who = others.length === 0 ? `${first} has` : `${first} and ${amountText(others.length, 'more chain')} have`
  const whose = others.length === 0 ? 'its' : 'their'
  return (
    <Empty>
      {who} not been read yet: {whose} upgrades and votes are not known.
    </Empty>
  )
}
