import type { Message } from '../../domain/notifications/message.js'
import { cutText, fitList, type Measure } from '../cutText.js'

/** How much of a message fits on a phone. */
export interface PhoneLimit {
  readonly max: number
  readonly measure: Measure
  /** How many of the links stand elsewhere, from the first on. */
  readonly linksElsewhere: number
}

/**
 * All of a message but its title as one plain text. What does not fit is left out from the end, but what to do comes
 * before it is cut.
 */
export function phoneText(message: Message, { max, measure, linksElsewhere }: PhoneLimit): string {
  const { title, lines, facts, links } = message
  const [first = title, ...others] = lines
  const advice = message.advice === undefined ? [] : [`What to do: ${message.advice}`]
  const rest = [
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...links.slice(linksElsewhere).map(({ label, url }) => `${label}: ${url}`),
  ]
  const more = message.more ?? 0
  const whole = [first, ...others, ...advice, ...rest].join('\n')
  if (more === 0 && measure(whole) <= max) return whole
  const part = (text: string, share: number): string => cutText(text, Math.floor(max * share), measure)
  const urgent =
    advice.length === 0 ? [part(first, 0.8)] : [part(first, 0.5), ...advice.map((text) => part(text, 0.35))]
  return fitList([...urgent, ...others, ...rest], { max, measure, more }).join('\n')
}
