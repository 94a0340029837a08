import { SourceError } from '../../../domain/errors.js'

/** What one page has to tell about the list it is a part of. */
export interface ListPage {
  /** Names of what is on it, one an entry. */
  readonly ids: readonly string[]
  /** Where the next page is; absent at the end. */
  readonly next?: string
}

// Above what any chain has; a server that makes up entries without end is left alone here.
const maxPages = 500

/**
 * All pages of a list, until one names no next; it ends early where `read` gives none.
 *
 * @throws SourceError where a page that is not the last one brings nothing new, or names a page that was read: such a
 * server would be asked for ever.
 */
export async function* pagesOf<P extends ListPage>(
  read: (key: string | undefined) => Promise<P | undefined>,
  place: string,
  most = maxPages,
): AsyncGenerator<P, void, undefined> {
  const keys = new Set<string>()
  const seen = new Set<string>()
  for (let key: string | undefined, count = 0; count < most; count++) {
    const page = await read(key)
    if (page === undefined) return
    const { ids, next } = page
    const known = seen.size
    for (const id of ids) seen.add(id)
    if (next !== undefined && (seen.size === known || keys.has(next))) throw circularPagesError(place)
    yield page
    if (next === undefined) return
    keys.add(next)
    key = next
  }
  throw new SourceError('transient', `${place} has a list of more than ${most} pages: it is not read to its end.`)
}

/** Of a server whose pages lead back to what was read. */
export function circularPagesError(place: string): SourceError {
  return new SourceError(
    'transient',
    `${place} pages in a circle: it answers with what was read before and says that there is more. Look at the server, or at the cache in front of it.`,
  )
}
