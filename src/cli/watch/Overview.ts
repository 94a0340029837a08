import type { Picture } from './Picture.js'
import type { View } from './stepView.js'

/** What the overview shows, and the room for it. */
export interface Overview {
  readonly picture: Picture
  readonly view: View
  readonly columns: number
  /** Number of available lines. */
  readonly room: number
  readonly color: boolean
  /** Host clock, Unix milliseconds. */
  readonly now: number
}

/** Minimum number of lines for blank lines between the panels and for more than one headline of a kind. */
export const airy = 18
