import * as z from 'zod/mini'
import type { SubjectStanding } from '../domain/notifications/messageText.js'
import type { Json } from '../domain/text/json.js'

// What pagers store: whether the alert is open, and whether anything rings.
const alert = z.object({ open: z.boolean() })
const ringing = z.object({ receipts: z.array(z.string()), rings: z.optional(z.boolean()) })

/**
 * Returns true if something that a handler posted is still open at its service: an alert, or a message that is kept up
 * to date. The handler itself may be unknown. `standing` is that of the newest notification it was told of the subject.
 */
export function isOpenPost(posted: Json, standing: SubjectStanding | undefined): boolean {
  const pager = alert.safeParse(posted).data
  if (pager !== undefined) return pager.open
  const phone = ringing.safeParse(posted).data
  if (phone !== undefined) return phone.rings === true || phone.receipts.length > 0
  return standing === 'open'
}
