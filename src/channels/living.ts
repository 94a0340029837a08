import * as z from 'zod'
import type { Message } from '../domain/notifications/message.js'
import { ServiceRefusal } from './askService.js'
import type { HandlerContext } from './Handler.js'

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
export interface LivingMessage<Place> {
  /** Posts the root. */
  readonly post: () => Promise<Place>
  /** Shows the newest state in the root. Doing it twice changes nothing. */
  readonly edit: (place: Place) => Promise<unknown>
  /** Tells what happened in the thread of the root. */
  readonly reply: (place: Place) => Promise<Place>
  /** True where the service says that the root is there no more, or can be changed no more. */
  readonly isGone: (refusal: ServiceRefusal) => boolean
}

/**
 * Tells a message of a subject that was told at `place` before, and gives where it stands now. What is posted twice
 * where an answer is lost is the one reply, or the one root; an edit goes first because it can be repeated. What is
 * outdated is told in the thread alone.
 */
export async function tellLiving<Place extends Titled>(
  place: Place | undefined,
  { post, edit, reply, isGone }: LivingMessage<Place>,
  { outdated = false }: Pick<HandlerContext, 'outdated'>,
): Promise<Place> {
  if (place === undefined) return post()
  try {
    if (outdated) return { ...(await reply(place)), title: place.title, withdrawn: place.withdrawn }
    await edit(place)
    return await reply(place)
  } catch (cause) {
    if (cause instanceof ServiceRefusal && isGone(cause)) return post()
    throw cause
  }
}

/** How a message is shown. */
export interface Shown {
  /** The title of what is withdrawn, struck through above the message. */
  readonly struck?: string
  /** Of the title. */
  readonly title: string
}

/** How the root shows the newest state, given what it showed before. */
export function asRoot(message: Message, before: Titled | undefined): Shown {
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
export function titlesOf({ title, standing }: Message, before: Titled = { title, withdrawn: false }): Titled {
  const withdrawn = standing === 'withdrawn' || (standing === 'over' && before.withdrawn)
  return { title: withdrawn ? before.title : title, withdrawn }
}
