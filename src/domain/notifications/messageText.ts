import type { LinkSubjects } from './messageLinks.js'

/** A short fact and what it is called. */
export interface MessageFact {
  readonly name: string
  readonly value: string
}

/** What is said of one notification, before it is put together with what every message has. */
export interface MessageText {
  /** One line. @defaultValue the title of the notification */
  readonly title?: string
  readonly lines: readonly string[]
  readonly facts: readonly MessageFact[]
  readonly advice?: string
  /** What its links lead to. */
  readonly about: LinkSubjects
}

/** How a subject stands. `over`: nothing is left to be done about it. `withdrawn`: what was told holds no more. */
export type Standing = 'open' | 'over' | 'withdrawn'
