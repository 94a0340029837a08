/** Stands for all chains where an entry names one; no chain can be called so. */
export const everyChain = '*'
