import { isOpenPost } from '../channels/registry.js'
import { namesText } from '../domain/text/namesText.js'
import { shortId } from '../domain/notifications/phrases.js'
import { reportedAsLeft, type StrayPost } from '../store/DeliveryStore.js'
import type { Store } from '../store/Store.js'

interface Known {
  /** Names of the handlers. */
  readonly handlers: readonly string[]
  /** Names of the chains that are watched. */
  readonly chains: readonly string[]
}

/**
 * Reports, in sentences, what stays open at the services of handlers that are not configured any more, which nothing
 * closes or edits, and what is open of chains that are not watched any more. Empty if there is nothing.
 */
export function strayNotes(store: Pick<Store, 'strayPosts'>, known: Known): readonly string[] {
  return notesOf(openStrays(store, known), known)
}

/** As `strayNotes`, but each post only once, and not again after a restart. */
export function newStrayNotes(store: Pick<Store, 'strayPosts' | 'noteEdit'>, known: Known): readonly string[] {
  const posts = openStrays(store, known).filter(({ isReported }) => !isReported)
  for (const { handler, subject } of posts) store.noteEdit(handler, subject, { shown: reportedAsLeft })
  return notesOf(posts, known)
}

function openStrays(store: Pick<Store, 'strayPosts'>, { handlers, chains }: Known): readonly StrayPost[] {
  return store.strayPosts(handlers, chains).filter(({ posted, standing }) => isOpenPost(posted, standing))
}

function notesOf(open: readonly StrayPost[], known: Known): readonly string[] {
  const handlers = new Set(known.handlers)
  const left = open.filter(({ handler }) => !handlers.has(handler))
  const unwatched = open.filter(({ handler }) => handlers.has(handler))
  return [
    ...groupsOf(left, ({ handler }) => handler).map(
      ([handler, posts]) =>
        `no handler is called ${namesText([handler])} any more: what it opened or kept up to date stays as it is, for ${subjectsText(posts)}. Close it there by hand, or give a handler of the same place that name`,
    ),
    ...groupsOf(unwatched, chainOf).map(([chain, posts]) => {
      const names = groupsOf(posts, ({ handler }) => handler).map(([name]) => name)
      return `the chain ${namesText([chain])} is not watched any more, and what ${namesText(names)} opened or kept up to date is open, for ${subjectsText(posts)}. "govstream run" closes it at its start; if it cannot, close it there by hand`
    }),
  ]
}

function chainOf({ subject }: StrayPost): string {
  return subject.split('/')[0] ?? subject
}

const shown = 5

/** The number of subjects, and the first of them. */
function subjectsText(posts: readonly StrayPost[]): string {
  const subjects = groupsOf(posts, ({ subject }) => subject).map(([subject]) => shortSubject(subject))
  const more = subjects.length - shown
  const first = `${namesText(subjects.slice(0, shown))}${more > 0 ? ` and ${more} more` : ''}`
  return `${subjects.length} ${subjects.length === 1 ? 'subject' : 'subjects'}: ${first}`
}

/** Returns the subject with a shortened id, if that is a long number. */
function shortSubject(subject: string): string {
  return subject
    .split('/')
    .map((part) => (/^\d+$/.test(part) ? shortId(part) : part))
    .join('/')
}

/** Groups posts by a key, in the order of first appearance. */
function groupsOf(
  posts: readonly StrayPost[],
  keyOf: (post: StrayPost) => string,
): readonly (readonly [key: string, posts: readonly StrayPost[]])[] {
  const groups = new Map<string, StrayPost[]>()
  for (const post of posts) groups.set(keyOf(post), [...(groups.get(keyOf(post)) ?? []), post])
  return [...groups]
}
