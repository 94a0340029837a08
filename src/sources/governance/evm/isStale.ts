// Contracts change their code behind a proxy or at a fork of the chain, and not all of them log it.
const probeMs = 3_600_000

/** Whether what was found out of a contract at `probedAt` is to be found out again. Both Unix milliseconds. */
export function isStale(probedAt: number | undefined, now: number): boolean {
  return probedAt === undefined || now < probedAt || now - probedAt >= probeMs
}
