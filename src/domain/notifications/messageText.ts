import type { LinkSubjects } from './messageLinks.js'

/** A short fact and its name. */
export interface MessageFact {
  readonly name: string
  readonly value: string
}

/** The specific part of a message, before the parts that every message has are added. */
export interface MessageText {
  /** One line. @defaultValue the title of the notification */
  readonly title?: string
  readonly lines: readonly string[]
  readonly facts: readonly MessageFact[]
  readonly advice?: string
  /** The things that its links lead to. */
  readonly about: LinkSubjects
}

/** The state of a subject. `over`: nothing is left to be done. `withdrawn`: what was announced is no longer true. */
export type SubjectStanding = 'open' | 'over' | 'withdrawn'
