import { heightText } from './phrases.js'

/** An address to follow, and what stands there. */
export interface MessageLink {
  readonly label: string
  /** http or https. */
  readonly url: string
}

/** Addresses of an explorer or a forum, with `{id}`, `{height}` or `{address}` where that goes. https only. */
export interface LinkTemplates {
  readonly proposal?: string | undefined
  readonly block?: string | undefined
  readonly voter?: string | undefined
}

/** What stands in each template: it must hold this, and no other. */
export const linkPlaceholders = { proposal: 'id', block: 'height', voter: 'address' } as const satisfies Record<
  keyof LinkTemplates,
  string
>

/** Why a template cannot be used; `undefined` where it can. */
export function linkProblem(kind: keyof LinkTemplates, template: string): string | undefined {
  const wanted = `{${linkPlaceholders[kind]}}`
  const example = `https://explorer.example/${kind}/${wanted}`
  const found = template.match(/\{[^{}]*\}/g) ?? []
  // What a chain says may fill a path or a query, never a host.
  if (!/^https:\/\/[^/{}?#@\\\s]+\/\S*$/.test(template) || !URL.canParse(template.replaceAll(wanted, '0')))
    return `expected an https:// address with ${wanted} in its path, such as ${example}`
  return found.length > 0 && found.every((one) => one === wanted)
    ? undefined
    : `expected ${wanted} and nothing else in braces, such as ${example}`
}

/** What there is to look at. */
export interface LinkSubjects {
  readonly id?: string
  readonly height?: number
  readonly voters?: readonly { readonly label: string; readonly address: string }[]
}

/** The links of a chain for what a message is about; none where there is no template, or no address could be made. */
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
  // A step of dots would climb out of its place in the path.
  if (template === undefined || text === '' || /^\.{1,2}$/.test(text)) return []
  return [{ label, url: template.replaceAll(`{${placeholder}}`, () => encodeURIComponent(text.toWellFormed())) }]
}
