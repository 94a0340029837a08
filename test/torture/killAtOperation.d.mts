/** Dies where this is the operation at which it is to. */
export function step(): void
/** Counts from here, where KILL_LATER is set. */
export function startCounting(): void
