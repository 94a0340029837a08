/** In place of a host, in sentences, where the client of a caller has no URL. */
export const unnamedHost = 'the given client'
