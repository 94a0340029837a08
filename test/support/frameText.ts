import { frameOf, placeOf } from '../../src/server/live/frame.js'

const textOf = (frame: Uint8Array): string => new TextDecoder().decode(frame)

/** The frame of an event, as text. */
export const frameText = (...event: Parameters<typeof frameOf>): string => textOf(frameOf(...event))

/** The frame of a position, as text. */
export const placeText = (id: number): string => textOf(placeOf(id))
