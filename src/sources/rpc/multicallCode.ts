/**
 * Init code of a multicall that needs no contract on the chain. It is sent with the eth_call, so that nobody else
 * decides what is executed, at any block. Compiled from contracts/Multicall.yul for London, with solc and its optimizer
 * set for few runs. Multicall3 would be 25 times as large, and lets one call change what the next one reads.
 */
export const multicallCode =
  '0x609680380380916000396000805180516020601f909401601f191684815293840181905260051b9291838301604001915b848210603c5783830384f35b909160209060008083868601015185016060810151810190603f19898603016040898b0101528560408184015193019101515afa81526040828201523d60408201523d6000606083013e3d607f01601f191601920190603056'
