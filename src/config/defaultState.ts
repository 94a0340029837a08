/** The state file if the configuration names none. */
export const defaultState = './govstream.db'
