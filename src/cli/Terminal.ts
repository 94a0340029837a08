/** Where a command writes. */
export interface Terminal {
  /** The result: people's text, or the one JSON document. */
  readonly out: (text: string) => void
  /** Resolves once what was put out is taken, so that a long result does not pile up in memory. */
  readonly taken: () => Promise<void>
  /** Everything that is not the result. */
  readonly note: (text: string) => void
  /**
   * As `note`, the text as it is and without an end of line: for a line that is drawn anew. Absent where nobody looks
   * on, or the terminal only knows lines.
   */
  readonly draw?: (text: string) => void
  /** Columns of a line of the result; `Infinity` where it is not a terminal: what a program reads is not cut. */
  readonly width: number
  readonly color: boolean
  /** Columns and colour of the notes, which may go elsewhere. */
  readonly noteWidth: number
  readonly noteColor: boolean
  /** People read the notes as they come: a log is written for them, not for programs. */
  readonly attended: boolean
  /** Asks whoever sits there, on one line of the notes. Absent where nobody does. `undefined`: the input has ended. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string | undefined>
  /** Takes over the whole terminal. Absent where input or result goes elsewhere, or it only knows lines. */
  readonly openScreen?: () => Screen
}

/** The whole of a terminal, taken over until it is closed. */
export interface Screen {
  readonly size: () => { readonly columns: number; readonly rows: number }
  /** Shows these lines from the top, each without what would wrap it; writes only those that changed. */
  readonly draw: (lines: readonly string[]) => void
  /** What is typed, as the terminal sends it. Gives back what ends the hearing. */
  readonly onInput: (heard: (input: string) => void) => () => void
  /** A changed size: what was drawn is gone. */
  readonly onResize: (resized: () => void) => () => void
  /** Gives the terminal back as it was; more than once does no harm. */
  readonly close: () => void
}

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  /** From now on a hang-up calls this in place of a stop. @defaultValue it stays a stop */
  readonly onHangUp?: (called: () => void) => void
}
