import type { ComponentChildren, JSX } from 'preact'
import { cleanLine } from '../domain/text/text.js'
import { fromNow, timeText } from './format.js'

// Shared parts of the sections.

/** Text from a chain: on one line, without invisible characters, and with its own text direction. */
export function Said({ text, max = 300 }: { readonly text: string; readonly max?: number }): JSX.Element {
  return <bdi>{cleanLine(text, max)}</bdi>
}

/** A moment, and the time from or to it. */
export function Moment({ at, now }: { readonly at: string; readonly now: number }): JSX.Element {
  return (
    <time datetime={at} title={timeText(at, true)}>
      {fromNow(at, now)}
    </time>
  )
}

/** A moment in words, with the time from or to it; nothing if it is unknown. */
export function When({ at, now }: { readonly at: string | null; readonly now: number }): JSX.Element | null {
  if (at === null) return null
  return (
    <>
      <span class="whole">{timeText(at)}</span>, <span class="whole">{fromNow(at, now)}</span>
    </>
  )
}

interface SectionProps {
  readonly id: string
  readonly title: string
  readonly aside?: string
  readonly children: ComponentChildren
}

export function Section({ id, title, aside, children }: SectionProps): JSX.Element {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {aside === undefined ? null : <p class="aside">{aside}</p>}
      </header>
      {children}
    </section>
  )
}

/** The note of an empty section. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>
}

/** A word in the colour of its urgency. */
export function Tag({ tone, children }: { readonly tone: string; readonly children: ComponentChildren }): JSX.Element {
  return <span class={`tag ${tone}`}>{children}</span>
}
