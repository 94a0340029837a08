/** Maximum length of the comment of a silence, in characters. */
export const maxSilenceComment = 500
/** The longest silence, in milliseconds: a leap year. */
export const longestSilence = 366 * 86_400_000
