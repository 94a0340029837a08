import type { LocalTime, Viewpoint } from '../../text/localTime.js'
import type { ExampleOptions } from '../examples/exampleChain.js'
import type { MessageText, Standing } from '../messageText.js'
import type { Priority } from '../priority.js'

/** What is known of a notification beside its data. */
interface Told {
  readonly chain: string
  /** ISO 8601 UTC. */
  readonly timestamp: string
}

/** For whom a message is written, and from when. */
export interface Reader {
  readonly clock: LocalTime
  readonly from: Viewpoint
}

/**
 * All there is to one event. `Data` is what the `data` of its notifications holds: a JSON object as it stands. Heights
 * and votes are decimal strings, times ISO 8601 UTC; what is not known is null. Keys may be added, none is renamed.
 *
 * What is said follows from the data alone. `title` and `message` are made once, with the data that goes with them;
 * the others may meet the data of another version and throw a `TypeError` or a `SyntaxError` where it lacks something.
 */
export interface EventDeclaration<Data> {
  /** Where the operator sets no other. */
  readonly priority: Priority
  /** When it is told: its row in the table of events of docs/configuration.md, in Markdown. */
  readonly when: string
  /** One line. */
  readonly title: (data: Data, told: Told) => string
  /** A few plain lines. */
  readonly message: (data: Data, told: Told) => readonly string[]
  /** What a channel tells people; the name of the chain is put in front of it. @defaultValue the message */
  readonly say?: (data: Data, told: Told, reader: Reader) => MessageText
  /** What it is about: those of one subject belong together. @defaultValue the proposal or the plan, else the chain */
  readonly subject?: (data: Data, chain: string) => string
  /** How its subject stands afterwards. @defaultValue open */
  readonly standing?: (data: Data) => Standing
  /** The data of one about an upgrade that never was. */
  readonly example: (options: ExampleOptions) => Data
}

/** Declares an event with the type of its data. */
export function event<Data>(declaration: EventDeclaration<Data>): EventDeclaration<Data> {
  return declaration
}

/** Nothing more is to be done about the subject. */
export const over = (): Standing => 'over'
