/** A description less the `#proposer=0x…` with which OpenZeppelin reserves it for one sender. */
export function withoutProposer(description: string): string {
  return description.replace(/#proposer=0x[0-9a-f]{40}\s*$/i, '')
}
