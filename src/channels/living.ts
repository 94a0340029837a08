import * as z from 'zod'
import { defined } from '../domain/defined.js'
import type { Message } from '../domain/notifications/message.js'
import { formerSubjectOf, type Notification } from '../domain/notifications/notification.js'
import type { Json } from '../domain/text/json.js'
import { type ServiceAccess, ServiceRefusal } from './askService.js'
import type { ChannelDeps, KeptPosts } from './Channel.js'
import { createSteps, type Steps } from './createSteps.js'
import type { Handler } from './Handler.js'

/** Living messages whose location `placeSchema` reads. They show themselves whether their subject is still open. */
export function livingPosts(placeSchema: z.ZodType): KeptPosts {
  return {
    kind: 'messages',
    isOpen: (posted, standing) => (placeSchema.safeParse(posted).success ? standing === 'open' : undefined),
  }
}

/** The stored titles of a subject. */
export const titledKeys = {
  /** The title to strike through if the subject is withdrawn. */
  title: z.string(),
  withdrawn: z.boolean().default(false),
}
interface Titled {
  readonly title: string
  readonly withdrawn: boolean
}

/**
 * The operations of a service that keeps one message per subject: its root shows the newest state, its thread the
 * history.
 */
export interface LivingMessage<Where extends object> {
  /** Reads the location of the message from the stored value; `undefined` if it belongs to another destination. */
  readonly placeOf: (posted: Json | undefined) => (Where & Titled) | undefined
  /** Posts the root message. */
  readonly post: (message: Message, shown: Shown) => Promise<Where>
  /** Shows the newest state in the root. Idempotent. */
  readonly edit: (where: Where, message: Message, shown: Shown) => Promise<unknown>
  /** Posts what happened to the thread of the root. */
  readonly reply: (where: Where, message: Message) => Promise<Where>
  /** Returns true if the service says that the root no longer exists or can no longer be edited. */
  readonly isGone: (refusal: ServiceRefusal) => boolean
}

interface ToldBefore<Where extends object> {
  /** The location of the message of the subject. */
  readonly place: (Where & Titled) | undefined
  /** The value of `HandlerContext.outdated`. */
  readonly outdated?: boolean
  /** Stores the location of the root before anything is posted to its thread. */
  readonly remember?: (place: Where & Titled) => Promise<void>
  /** The message of another subject that goes on under this one. */
  readonly former?: { readonly place: Where & Titled; readonly subject: string }
  /** The newer message that `place` shows, if the one to post is outdated. */
  readonly newest?: Message
  /** The edits that earlier tries have made. */
  readonly steps: Steps
}

/**
 * Posts a message of a subject and returns where the message of the subject is now. A further try does not repeat the
 * edits that were made, so that a slow service gets everything in the end. The edit comes first because it can be
 * repeated: if an answer is lost, only one reply or one root is posted twice. An outdated message goes only to the
 * thread; if its root is gone, a new root shows the newest state and says so, and the thread goes on below it.
 */
async function tellLiving<Where extends object>(
  message: Message,
  living: LivingMessage<Where>,
  { place, outdated = false, newest, former, remember, steps }: ToldBefore<Where>,
): Promise<Where & Titled> {
  const { post, edit, reply, isGone } = living
  const begin = async (root: Message): Promise<Where & Titled> => ({
    ...(await post(root, asRoot(root, place))),
    ...titlesOf(root, place),
  })
  if (!outdated && former !== undefined)
    await steps.once(message.id, 'former', () => closeFormer(message, living, former))
  if (place === undefined) return begin(message)
  const { title, withdrawn } = place
  try {
    if (outdated) return { ...(await reply(place, message)), title, withdrawn }
    await steps.once(message.id, 'edit', () => edit(place, message, asRoot(message, place)))
    return { ...(await reply(place, message)), ...titlesOf(message, place) }
  } catch (cause) {
    if (!(cause instanceof ServiceRefusal && isGone(cause))) throw cause
    if (!outdated) return begin(message)
    const root = await begin(inPlaceOf(newest ?? message, message))
    if (newest === undefined) return root
    // The reply may fail, or wait for the rate limit until another handler takes over.
    await remember?.(root)
    return { ...(await reply(root, message)), title: root.title, withdrawn: root.withdrawn }
  }
}

/** Marks the root of a former subject as closed, because it would stay open for ever. Ignores a root that is gone. */
async function closeFormer<Where extends object>(
  message: Message,
  { edit, isGone }: LivingMessage<Where>,
  { place, subject }: NonNullable<ToldBefore<Where>['former']>,
): Promise<void> {
  // The message gets the former subject, so that the service does not take it for a retry of the edit of the other
  // root.
  const moved: Message = { ...message, subject, standing: 'over' }
  await edit(place, moved, asRoot(moved, place)).catch((cause: unknown) => {
    if (!(cause instanceof ServiceRefusal && isGone(cause))) throw cause
  })
}

const anew = 'The previous message is gone: this one replaces it.'

/**
 * A root that is posted because of `late`. Its own id keeps the service from taking it for a retry of an earlier post.
 */
function inPlaceOf(root: Message, late: Message): Message {
  return { ...root, id: `${late.id}+`, lines: [...root.lines, anew] }
}

/**
 * Creates both functions of a channel that keeps a living message. `open` starts an attempt, and rejects if it cannot.
 */
export function livingHandler<Where extends object>(
  { compose, http, now }: ChannelDeps,
  open: (access: ServiceAccess) => LivingMessage<Where> | Promise<LivingMessage<Where>>,
): Required<Pick<Handler, 'handle' | 'edit'>> {
  const steps = createSteps()
  return {
    handle: async (notification, { signal, posted, former, outdated = false, newest, remember }) => {
      const message = compose(notification)
      const living = await open({ http, now, signal })
      const place = living.placeOf(posted)
      const late = newest === undefined ? undefined : compose(newest)
      const moved = formerOf(notification, living.placeOf(former))
      const before = { place, outdated, steps, ...defined({ remember, newest: late, former: moved }) }
      const where = await tellLiving(message, living, before)
      steps.end(message.id)
      return where
    },
    edit: async (notification, { signal, posted, subject }) => {
      const told = compose(notification)
      const message: Message = subject === told.subject ? told : { ...told, subject, standing: 'over' }
      const { placeOf, edit } = await open({ http, now, signal })
      const place = placeOf(posted)
      if (place === undefined) return undefined
      await edit(place, message, asRoot(message, place))
      return { ...place, ...titlesOf(message, place) }
    },
  }
}

function formerOf<Place>(
  notification: Notification,
  place: Place | undefined,
): { readonly place: Place; readonly subject: string } | undefined {
  const subject = formerSubjectOf(notification)
  return place === undefined || subject === undefined ? undefined : { place, subject }
}

/** The titles that a message shows. */
export interface Shown {
  /** The title of what is withdrawn, struck through above the message. */
  readonly struck?: string
  readonly title: string
}

/**
 * Returns the titles that the root shows, given the stored titles. The end of a subject closes what was posted before;
 * the first message of a subject closes nothing.
 */
function asRoot(message: Message, before: Titled | undefined): Shown {
  const { title, standing } = message
  const shown = standing === 'over' && before !== undefined ? `[closed] ${title}` : title
  return before !== undefined && titlesOf(message, before).withdrawn
    ? { title: shown, struck: before.title }
    : { title: shown }
}

/**
 * Returns the titles to store, given those stored before. A withdrawn subject stays withdrawn if it ends in another
 * way, as an upgrade does whose proposal is gone, but not if the chain brings it back.
 */
function titlesOf({ title, standing }: Message, before: Titled = { title, withdrawn: false }): Titled {
  const withdrawn = standing === 'withdrawn' || (standing === 'over' && before.withdrawn)
  return { title: withdrawn ? before.title : title, withdrawn }
}
