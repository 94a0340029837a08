import type { BinaryFormat } from './binaryFormat.js'

/** The result of requesting the download of a plan. Sizes are in bytes. */
export type DownloadFacts =
  /** Only requested: the server answers, and gives the size if it knows it. */
  | { readonly kind: 'answered'; readonly size?: number }
  /**
   * Our own rules forbid the request (`refused`), or the server does not have the file (`missing`). `problem` is a part
   * of a sentence.
   */
  | { readonly kind: 'refused' | 'missing'; readonly problem: string }
  /** No answer, or no usable one at the moment; a later request may succeed. */
  | { readonly kind: 'silent'; readonly problem: string }
  /** There is no place to store it. `problem` is a part of a sentence. */
  | { readonly kind: 'unplaced'; readonly problem: string }
  /** The local disk could not store it, or was too slow to inspect it. `problem` is a part of a sentence. */
  | { readonly kind: 'unkept'; readonly problem: string }
  /** The inspection failed for an unforeseen reason that is not the fault of the address. */
  | { readonly kind: 'unread'; readonly problem: string }
  /** The announced or received size exceeds the available room. */
  | { readonly kind: 'too-large'; readonly size: number; readonly room: number }
  /** The transfer ended before the announced size was received. */
  | { readonly kind: 'truncated'; readonly size: number; readonly announced: number }
  /** The download is complete. `hash` has the type that the plan names, or is SHA-256. */
  | { readonly kind: 'fetched'; readonly size: number; readonly hash: string; readonly content: DownloadContent }

/** The content of a download. */
export type DownloadContent =
  /** The binary itself. */
  | {
      readonly kind: 'program'
      readonly path: string
      readonly size: number
      readonly format: BinaryFormat
      /** Set if it was unpacked from an archive. */
      readonly unpacked?: UnpackedFrom
    }
  /** Not inspected: archives of this kind are not unpacked here. */
  | { readonly kind: 'packed'; readonly archive: string }
  /**
   * No binary can be taken out of it (`unfit`), or it is not known which (`unclear`). `problem` ends a sentence about
   * the download.
   */
  | { readonly kind: 'unfit' | 'unclear'; readonly problem: string }
  /** Not inspected: it is not what the plan names. */
  | { readonly kind: 'other' }

/** The archive member that a binary came from, and its hash. */
export interface UnpackedFrom {
  /** Its path in the archive. */
  readonly member: string
  /** SHA-256 of the binary itself, in lower-case hex. */
  readonly sha256: string
}
