import type { BinaryFormat } from './binaryFormat.js'

/** What became of asking for the download of a plan. Sizes in bytes. */
export type DownloadFacts =
  /** Only asked for: it answers, and says how much there is where it does. */
  | { readonly kind: 'answered'; readonly size?: number }
  /** Our own rules forbid to fetch it, or its server does: `problem` is a part of a sentence. */
  | { readonly kind: 'refused' | 'missing'; readonly problem: string }
  /** No answer, or none of any use now: it may be well on another day. */
  | { readonly kind: 'silent'; readonly problem: string }
  /** We have nowhere to put it. `problem` is a part of a sentence. */
  | { readonly kind: 'unplaced'; readonly problem: string }
  /** Our own disk could not keep it, or was too slow to look through it. `problem` is a part of a sentence. */
  | { readonly kind: 'unkept'; readonly problem: string }
  /** To look into it failed for a reason that nobody foresaw, which its address is not to blame for. */
  | { readonly kind: 'unread'; readonly problem: string }
  /** More was announced, or came, than there is room for. */
  | { readonly kind: 'too-large'; readonly size: number; readonly room: number }
  /** It ended before what was announced had come. */
  | { readonly kind: 'truncated'; readonly size: number; readonly announced: number }
  /** It came whole. `hash`: of the kind that the plan names, or SHA-256. */
  | { readonly kind: 'fetched'; readonly size: number; readonly hash: string; readonly content: DownloadContent }

/** What a download holds. */
export type DownloadContent =
  /** The binary itself. */
  | {
      readonly kind: 'program'
      readonly path: string
      readonly size: number
      readonly format: BinaryFormat
      /** Where it came out of an archive. */
      readonly unpacked?: UnpackedFrom
    }
  /** Not looked into: such archives are not unpacked here. */
  | { readonly kind: 'packed'; readonly archive: string }
  /** Nobody can take a binary out of it, or it is not known which. `problem` ends a sentence about the download. */
  | { readonly kind: 'unfit' | 'unclear'; readonly problem: string }
  /** Not looked into: it is not what the plan means. */
  | { readonly kind: 'other' }

/** Where a binary came from, and what it is. */
export interface UnpackedFrom {
  /** Its name in the archive, as the archive has it. */
  readonly member: string
  /** Of the binary itself, lower-case hex. */
  readonly sha256: string
}
