import type { Message } from '../../domain/notifications/message.js'
import { cutText, fitList, type Measure } from '../cutText.js'
import { footerOf } from './footerOf.js'

/** The limits of a message on a phone. */
export interface PhoneLimit {
  readonly max: number
  readonly measure: Measure
  /** Number of links, from the first on, that are shown outside of the text. */
  readonly linksElsewhere: number
}

/**
 * Renders all of a message but its title as plain text. If it does not fit, the first line and the advice are cut to
 * their share and come first, and the rest is left out from the end.
 */
export function phoneText(message: Message, { max, measure, linksElsewhere }: PhoneLimit): string {
  const { title, lines, facts, links } = message
  const [first = title, ...others] = lines
  const advice = message.advice === undefined ? [] : [`What to do: ${message.advice}`]
  const rest = [
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...links.slice(linksElsewhere).map(({ label, url }) => `${label}: ${url}`),
    // A phone shows when the message came, which may be long after what it reports.
    footerOf(message),
  ]
  const more = message.more ?? 0
  const whole = [first, ...others, ...advice, ...rest].join('\n')
  if (more === 0 && measure(whole) <= max) return whole
  const part = (text: string, share: number): string => cutText(text, Math.floor(max * share), measure)
  const urgent =
    advice.length === 0 ? [part(first, 0.8)] : [part(first, 0.5), ...advice.map((text) => part(text, 0.35))]
  return fitList([...urgent, ...others, ...rest], { max, measure, more }).join('\n')
}
