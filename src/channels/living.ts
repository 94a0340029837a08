import * as z from 'zod'
import { defined } from '../domain/defined.js'
import type { Message } from '../domain/notifications/message.js'
import { formerSubjectOf, type Notification } from '../domain/notifications/notification.js'
import type { Json } from '../domain/text/json.js'
import { type ServiceAccess, ServiceRefusal } from './askService.js'
import type { ChannelDeps } from './Channel.js'
import type { Handler } from './Handler.js'

/** What is kept of the titles of a subject. */
export const titledKeys = {
  /** What is struck through should it be withdrawn. */
  title: z.string(),
  withdrawn: z.boolean().default(false),
}
interface Titled {
  readonly title: string
  readonly withdrawn: boolean
}

/** How a service keeps one message for a subject: the root shows its newest state, a thread holds what came after. */
export interface LivingMessage<Where extends object> {
  /** Where the subject was told before, out of what is remembered; `undefined` where that is of another place. */
  readonly placeOf: (posted: Json | undefined) => (Where & Titled) | undefined
  /** Posts the root. */
  readonly post: (message: Message, shown: Shown) => Promise<Where>
  /** Shows the newest state in the root. Doing it twice changes nothing. */
  readonly edit: (where: Where, message: Message, shown: Shown) => Promise<unknown>
  /** Tells what happened in the thread of the root. */
  readonly reply: (where: Where, message: Message) => Promise<Where>
  /** True where the service says that the root is there no more, or can be changed no more. */
  readonly isGone: (refusal: ServiceRefusal) => boolean
}

interface ToldBefore<Where extends object> {
  /** Where the subject was told before. */
  readonly place: (Where & Titled) | undefined
  /** As the handler is told it. */
  readonly outdated?: boolean
  /** Keeps where the root stands before anything is told below it. */
  readonly remember?: (place: Where & Titled) => Promise<void>
  /** Where that was told which goes on under this subject, and which it is. */
  readonly former?: { readonly place: Where & Titled; readonly subject: string }
  /** The message of what `place` tells of, where the one to be told is outdated. */
  readonly newest?: Message
}

/**
 * Tells a message of a subject, and gives where it stands now. What is posted twice where an answer is lost is the one
 * reply, or the one root; an edit goes first because it can be repeated. What is outdated is told in the thread alone;
 * where its root is gone, a new one shows the newest state, says what it is, and the thread goes on below it.
 */
async function tellLiving<Where extends object>(
  message: Message,
  living: LivingMessage<Where>,
  { place, outdated = false, newest, former, remember }: ToldBefore<Where>,
): Promise<Where & Titled> {
  const { post, edit, reply, isGone } = living
  const begin = async (root: Message): Promise<Where & Titled> => ({
    ...(await post(root, asRoot(root, place))),
    ...titlesOf(root, place),
  })
  if (!outdated && former !== undefined) await closeFormer(message, living, former)
  if (place === undefined) return begin(message)
  const { title, withdrawn } = place
  try {
    if (outdated) return { ...(await reply(place, message)), title, withdrawn }
    await edit(place, message, asRoot(message, place))
    return { ...(await reply(place, message)), ...titlesOf(message, place) }
  } catch (cause) {
    if (!(cause instanceof ServiceRefusal && isGone(cause))) throw cause
    if (!outdated) return begin(message)
    const root = await begin(inPlaceOf(newest ?? message, message))
    if (newest === undefined) return root
    // The reply may fail, or wait for the rate until another handler takes over.
    await remember?.(root)
    return { ...(await reply(root, message)), title: root.title, withdrawn: root.withdrawn }
  }
}

/** Shows in the root of what goes on elsewhere that it does: else it stays open for ever. One that is gone does not. */
async function closeFormer<Where extends object>(
  message: Message,
  { edit, isGone }: LivingMessage<Where>,
  { place, subject }: NonNullable<ToldBefore<Where>['former']>,
): Promise<void> {
  // As a message of that subject: it is no other try of the edit of the root that goes on.
  const moved: Message = { ...message, subject, standing: 'over' }
  await edit(place, moved, asRoot(moved, place)).catch((cause: unknown) => {
    if (!(cause instanceof ServiceRefusal && isGone(cause))) throw cause
  })
}

const anew = 'The message that was kept up to date is gone: this one takes its place.'

/** A root that is posted for the sake of `late`: with an id of its own it is no other try of what was posted before. */
function inPlaceOf(root: Message, late: Message): Message {
  return { ...root, id: `${late.id}+`, lines: [...root.lines, anew] }
}

/** The two ways in of a channel that keeps a living message; `open` begins a try, and fails where it cannot. */
export function livingHandler<Where extends object>(
  { compose, http, now }: ChannelDeps,
  open: (access: ServiceAccess) => LivingMessage<Where> | Promise<LivingMessage<Where>>,
): Required<Pick<Handler, 'handle' | 'edit'>> {
  return {
    handle: async (notification, { signal, posted, former, outdated = false, newest, remember }) => {
      const message = compose(notification)
      const living = await open({ http, now, signal })
      const place = living.placeOf(posted)
      const late = newest === undefined ? undefined : compose(newest)
      const moved = formerOf(notification, living.placeOf(former))
      return tellLiving(message, living, { place, outdated, ...defined({ remember, newest: late, former: moved }) })
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

/** How a message is shown. */
export interface Shown {
  /** The title of what is withdrawn, struck through above the message. */
  readonly struck?: string
  /** Of the title. */
  readonly title: string
}

/** How the root shows the newest state, given what it showed before. */
function asRoot(message: Message, before: Titled | undefined): Shown {
  const { title, standing } = message
  const shown = standing === 'over' ? `[closed] ${title}` : title
  return before !== undefined && titlesOf(message, before).withdrawn
    ? { title: shown, struck: before.title }
    : { title: shown }
}

/**
 * What is kept of the titles, given what was kept before. What is withdrawn stays so when it ends in some other way,
 * as an upgrade does whose proposal is gone; where the chain brings it back, it does not.
 */
function titlesOf({ title, standing }: Message, before: Titled = { title, withdrawn: false }): Titled {
  const withdrawn = standing === 'withdrawn' || (standing === 'over' && before.withdrawn)
  return { title: withdrawn ? before.title : title, withdrawn }
}
