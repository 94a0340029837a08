/** What the process answers: done, failed, wrong usage or configuration, try again later. */
export const exitCodes = { done: 0, failed: 1, usage: 2, temporary: 75 } as const
