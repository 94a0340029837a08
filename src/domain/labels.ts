/** What the operator calls a chain, a proposal or a plan by, such as `team: core`: routed, grouped and silenced by. */
export type Labels = Readonly<Record<string, string>>

/** What is expected where a label is written. */
export const expectedLabel = {
  name: 'expected a name of letters, digits, dots, dashes and _',
  value: 'expected a text of at most 100 characters on one line',
}
export const labelName = /^[A-Za-z][\w.-]{0,62}$/
export const labelValue = /^[^\p{C}]{1,100}$/u

/** True where both hold the same names and values, in whatever order. */
export function sameLabels(a: Labels = {}, b: Labels = {}): boolean {
  const names = Object.keys(a)
  return a === b || (names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]))
}

/** Labels for people, such as `team=core, network=main`. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}
