/** Where the multicall contract stands on most chains, https://www.multicall3.com. */
export const multicallAddress = '0xcA11bde05977b3631167028862bE2a173976CA11'
