const mark = /#proposer=0x[0-9a-f]{40}$/i
const markLength = '#proposer=0x'.length + 40

/** Removes the `#proposer=0x…` suffix with which OpenZeppelin reserves a description for one sender. */
export function withoutProposer(description: string): string {
  const text = description.trimEnd()
  return mark.test(text.slice(-markLength)) ? text.slice(0, -markLength) : description
}
