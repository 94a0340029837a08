/**
 * What a reader guarantees about its readings. If several nodes must agree, this decides whether what too few nodes
 * confirm can be held back until a later reading reports it again. A reader that declares nothing gets the defaults.
 */
export interface ReaderTraits {
  /**
   * True if a reading also requests its block by its number, so that a single node has been asked for it twice.
   *
   * @defaultValue false
   */
  readonly readsBlockByNumber?: boolean
  /**
   * Whether readings repeat the end of a proposal until it is believed: always, only as long as the proposal that they
   * start from is open, or never, because only new blocks report it.
   *
   * @defaultValue `while_open`
   */
  readonly repeatsEnds?: 'always' | 'while_open' | 'never'
  /**
   * False if the removal of a proposal by a reorg is reported only once. Otherwise it is repeated like an end.
   *
   * @defaultValue true
   */
  readonly repeatsRemovals?: boolean
  /**
   * `own`: the reader itself reports whether a plan is in doubt. `never`: it never does, so a stored doubt comes from
   * the comparison of the nodes. Absent if that is not known: a stored doubt ends only when enough nodes say so.
   */
  readonly doubts?: 'own' | 'never'
  /**
   * True if the chain deletes proposals that are withdrawn or miss their deposit, so that a missing one can have ended
   * in any way.
   *
   * @defaultValue false
   */
  readonly deletesProposals?: boolean
}
