import { SourceError } from '../../../domain/errors.js'

/** The parts of a page that paging needs. */
export interface ListPage {
  /** One id per entry of the page. */
  readonly ids: readonly string[]
  /** The key of the next page; absent at the end. */
  readonly next?: string
}

// Maximum number of pages. It is above what any chain has, and ends a list that a server makes up without end.
const maxPages = 500

/**
 * Yields all pages of a list until one has no next key; ends early if `read` returns `undefined`.
 *
 * @throws SourceError if a page other than the last one brings nothing new, or its next key was used before, because
 *   such a server would be asked for ever.
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
  throw new SourceError('transient', `${place} has a list of more than ${most} pages: the rest is not read.`)
}

/** The error for a server whose pages lead back to earlier pages. */
export function circularPagesError(place: string): SourceError {
  return new SourceError(
    'transient',
    `${place} repeats pages that were already read and says that there are more. Check the server, or the cache in front of it.`,
  )
}
