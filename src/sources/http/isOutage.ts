// A gateway answers so for a node that it cannot reach or that does not answer; Cloudflare has numbers of its own.
const gateway: readonly number[] = [502, 503, 504, 520, 521, 522, 523, 524]

/** True if a status comes from a gateway whose node is down. */
export function isOutage(status: number | undefined): boolean {
  return status !== undefined && gateway.includes(status)
}
