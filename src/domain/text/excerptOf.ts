import type { Proposal } from '../proposals/proposal.js'
import { titleOf } from '../proposals/titleOf.js'
import { cleanLine } from './text.js'

const maxExcerpt = 280

/**
 * Returns the beginning of a proposal's text on one line of at most 280 code points, without its title and without code
 * blocks, because a plan is shown on a line of its own. Returns an empty string if the text is only the title.
 */
export function excerptOf({ title, description }: Pick<Proposal, 'title' | 'description'>): string {
  const said: string[] = []
  let fence: string | undefined
  for (const line of description.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === undefined && mark !== undefined) fence = mark
    else if (fence !== undefined && mark?.startsWith(fence) === true) fence = undefined
    else if (fence === undefined && (said.length > 0 || !isTitle(line, title)))
      said.push(line.replace(/^ {0,3}#{1,6} /, ''))
  }
  const text = cleanLine(said.join('\n'), maxExcerpt + title.length + 1)
  // The title is often the first line of the text, and may have been cut.
  const start = title.endsWith('…') ? title.slice(0, -1) : title
  return cleanLine(start !== '' && text.startsWith(start) ? text.slice(start.length) : text, maxExcerpt)
}

/** Returns true if a line is blank, or is only the title, with its markup and perhaps a full stop. */
function isTitle(line: string, title: string): boolean {
  if (line.trim() === '') return true
  return !/\s#{2,6}\s/.test(line) && !title.endsWith('…') && [title, `${title}.`].includes(titleOf(line))
}
