import type { LocalTime, Viewpoint } from '../../text/localTime.js'
import type { ExampleOptions } from '../examples/exampleChain.js'
import type { MessageText, SubjectStanding } from '../messageText.js'
import type { Priority } from '../priority.js'

/** The properties of a notification that texts may use beside its data. */
interface EventPlace {
  readonly chain: string
  /** ISO 8601 UTC. */
  readonly timestamp: string
}

/** The reader of a message: the time zone, and the moment of reading. */
export interface Reader {
  readonly clock: LocalTime
  readonly from: Viewpoint
}

/**
 * The declaration of one event. `Data` is the type of `data` in its notifications: a JSON object in which heights and
 * votes are decimal strings, times are ISO 8601 UTC, and unknown values are null. Keys may be added but are never
 * renamed.
 *
 * All texts are derived from the data alone. `title` and `message` are created once, together with their data. The
 * other functions may receive data of another version, and throw a `TypeError` or a `SyntaxError` if it lacks
 * something.
 */
export interface EventDeclaration<Data> {
  /** The priority unless the operator configures another one. */
  readonly priority: Priority
  /** When it is sent, in Markdown: its row in the table of events in docs/configuration.md. */
  readonly when: string
  /** One line. */
  readonly title: (data: Data, told: EventPlace) => string
  /** A few plain lines. */
  readonly message: (data: Data, told: EventPlace) => readonly string[]
  /** The text for channels; the name of the chain is put in front of it. @defaultValue the message */
  readonly say?: (data: Data, told: EventPlace, reader: Reader) => MessageText
  /**
   * The subject; notifications with one subject belong together. @defaultValue the proposal or the plan, else the chain
   */
  readonly subject?: (data: Data, chain: string) => string
  /** The state of its subject afterwards. @defaultValue open */
  readonly standing?: (data: Data) => SubjectStanding
  /** Returns data of an example, about a fictitious upgrade. */
  readonly example: (options: ExampleOptions) => Data
}

/** Declares an event and infers the type of its data. */
export function event<Data>(declaration: EventDeclaration<Data>): EventDeclaration<Data> {
  return declaration
}

/** Returns the standing of a subject about which nothing is left to be done. */
export const over = (): SubjectStanding => 'over'
