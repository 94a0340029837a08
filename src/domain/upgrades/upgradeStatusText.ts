/** The status of an upgrade for people. A pending one is in the vote, or awaits the execution of its proposal. */
export function upgradeStatusText({
  status,
  awaits,
}: {
  readonly status: string
  readonly awaits?: 'execution' | undefined
}): string {
  if (status === 'pending') return awaits === undefined ? 'in the vote' : `awaits ${awaits}`
  return status.replaceAll('_', ' ')
}
