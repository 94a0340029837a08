import { memoizeWhere } from '../editedMap.js'
import type { Proposal } from './proposal.js'

/** The proposals that have not closed. The selection is memoized, so closed proposals cost nothing. */
export const stillOpen = memoizeWhere(({ closedAt }: Proposal) => closedAt === undefined)
