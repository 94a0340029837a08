/** The output of a command. */
export interface Terminal {
  /** Writes the result: text for people, or the one JSON document. */
  readonly out: (text: string) => void
  /** Resolves once the output is flushed, so that a long result does not pile up in memory. */
  readonly taken: () => Promise<void>
  /** Writes everything that is not the result. */
  readonly note: (text: string) => void
  /**
   * As `note`, but writes the text unchanged and without a line break, for a line that is redrawn. Absent if the notes
   * do not go to a terminal, or the terminal cannot redraw a line.
   */
  readonly draw?: (text: string) => void
  /** Width of the result in columns; `Infinity` if it is not a terminal, so that programs get whole lines. */
  readonly width: number
  readonly color: boolean
  /** Width and colour of the notes, which may go elsewhere. */
  readonly noteWidth: number
  readonly noteColor: boolean
  /** True if people read the notes as they appear: then the log is written for people and not for programs. */
  readonly attended: boolean
  /** Asks a question on one line of the notes; `undefined` if the input has ended. Absent if nobody can be asked. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string | undefined>
  /** Takes over the whole terminal. Absent if input or output is not a terminal, or it cannot move the cursor. */
  readonly openScreen?: () => Screen
}

/** A whole terminal, taken over until `close`. */
export interface Screen {
  readonly size: () => { readonly columns: number; readonly rows: number }
  /** Shows these lines from the top, each cut to the width; writes only the lines that changed. */
  readonly draw: (lines: readonly string[]) => void
  /** Calls `heard` with the raw input of the terminal. Returns a function that removes the listener. */
  readonly onInput: (heard: (input: string) => void) => () => void
  /** Calls `resized` after a change of the size, which discards what was drawn. Returns a function that removes it. */
  readonly onResize: (resized: () => void) => () => void
  /** Restores the terminal. Safe to call more than once. */
  readonly close: () => void
}

/** The context of every command. */
export interface Context {
  readonly terminal: Terminal
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal
  /** Replaces the effect of SIGHUP: it calls the function and no longer stops the process. @defaultValue it stops it */
  readonly onHangUp?: (called: () => void) => void
  /** Directories that hold homes of nodes, beside the home of the user. @defaultValue `/var/lib`, `/srv`, `/opt` */
  readonly nodeHomes?: readonly string[]
}
