/** Where the state is that no configuration names. */
export const defaultState = './govstream.db'
