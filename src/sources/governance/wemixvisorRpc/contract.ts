/** What stands for the contract in the keys of proposals: a chain has one governance here. */
export const contract = 'gov'
