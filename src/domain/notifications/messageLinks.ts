import { heightText } from './phrases.js'

/** An address to follow, and its label. */
export interface MessageLink {
  readonly label: string
  /** http or https. */
  readonly url: string
}

/** Address templates of an explorer or a forum, with `{id}`, `{height}` or `{address}` as a placeholder. https only. */
export interface LinkTemplates {
  readonly proposal?: string | undefined
  readonly block?: string | undefined
  readonly voter?: string | undefined
}

/** The placeholder that each template must contain, and the only one it may contain. */
export const linkPlaceholders = { proposal: 'id', block: 'height', voter: 'address' } as const satisfies Record<
  keyof LinkTemplates,
  string
>

/** Returns why a template cannot be used; `undefined` if it can. */
export function linkProblem(kind: keyof LinkTemplates, template: string): string | undefined {
  const wanted = `{${linkPlaceholders[kind]}}`
  const example = `https://explorer.example/${kind}/${wanted}`
  const found = template.match(/\{[^{}]*\}/g) ?? []
  // Text from a chain may fill a path or a query, never a host.
  if (!/^https:\/\/[^/{}?#@\\\s]+\/\S*$/.test(template) || !URL.canParse(template.replaceAll(wanted, '0')))
    return `expected an https:// address with ${wanted} in its path, such as ${example}`
  return found.length > 0 && found.every((one) => one === wanted)
    ? undefined
    : `expected ${wanted} and nothing else in braces, such as ${example}`
}

/** The things that a message can link to. */
export interface LinkSubjects {
  readonly id?: string
  readonly height?: number
  readonly voters?: readonly { readonly label: string; readonly address: string }[]
}

/** Returns the links of a chain for the subjects of a message; none without a template or if no address can be made. */
export function linksTo(
  { proposal, block, voter }: LinkTemplates,
  { id, height, voters = [] }: LinkSubjects,
): readonly MessageLink[] {
  return [
    ...linkTo('Proposal', proposal, linkPlaceholders.proposal, id),
    ...(height === undefined ? [] : linkTo(`Block ${heightText(height)}`, block, linkPlaceholders.block, height)),
    ...voters.flatMap(({ label, address }) => linkTo(label, voter, linkPlaceholders.voter, address)),
  ]
}

function linkTo(
  label: string,
  template: string | undefined,
  placeholder: string,
  value: number | string = '',
): readonly MessageLink[] {
  const text = String(value)
  // A segment of dots would lead out of its place in the path.
  if (template === undefined || text === '' || /^\.{1,2}$/.test(text)) return []
  return [{ label, url: template.replaceAll(`{${placeholder}}`, () => encodeURIComponent(text.toWellFormed())) }]
}
