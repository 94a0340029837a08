import { memoizeWhere } from '../editedMap.js'
import type { Proposal } from './proposal.js'

/** The proposals that have not closed: what has closed stays as it is, and costs nothing. */
export const stillOpen = memoizeWhere(({ closedAt }: Proposal) => closedAt === undefined)
