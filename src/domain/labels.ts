/**
 * Labels that the operator gives to a chain, a proposal or a plan, such as `team: core`. Notifications are routed,
 * grouped and silenced by them.
 */
export type Labels = Readonly<Record<string, string>>

/** Error texts that say what a valid label looks like. */
export const expectedLabel = {
  name: 'expected a name of letters, digits, dots, dashes and _',
  value: 'expected a text of at most 100 characters on one line',
}
export const labelName = /^[A-Za-z][\w.-]{0,62}$/
export const labelValue = /^[^\p{C}]{1,100}$/u

/** Returns true if both have the same names and values, in any order. */
export function sameLabels(a: Labels = {}, b: Labels = {}): boolean {
  const names = Object.keys(a)
  return a === b || (names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]))
}

/** Formats labels for people, such as `team=core, network=main`. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}
