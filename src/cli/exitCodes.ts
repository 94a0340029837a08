/** Exit codes: done, failed, wrong usage or configuration, temporary failure. */
export const exitCodes = { done: 0, failed: 1, usage: 2, temporary: 75 } as const
