/** Shown in messages in place of the host, if the caller's client has no URL. */
export const unnamedHost = 'the given client'
