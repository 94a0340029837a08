/** Most letters of why something is not to be told. */
export const maxSilenceComment = 500
/** The longest silence, in milliseconds: a year that has one day more. */
export const longestSilence = 366 * 86_400_000
