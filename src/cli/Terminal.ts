/** Where a command writes. */
export interface Terminal {
  /** The result: people's text, or the one JSON document. */
  readonly out: (text: string) => void
  /** Everything that is not the result. */
  readonly note: (text: string) => void
  /** Columns of a line; `Infinity` where the output is not a terminal: what a program reads is not cut. */
  readonly width: number
  readonly color: boolean
  /** People read the notes as they come: a log is written for them, not for programs. */
  readonly attended: boolean
}

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
}
