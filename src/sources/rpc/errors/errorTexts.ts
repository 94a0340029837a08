/*
 * What nodes and gateways say, in lower case. The text decides before the code: -32005, -32000, -32600, -32602
 * and -32603 each occur in several classes.
 */

/** The node is behind, or the block was orphaned. These are checked before the range texts, because some match both. */
export const lagTexts = [
  'extends beyond current head block',
  'header not found',
  'does not have the requested block',
  'blocks specified in filter',
  'unknown block',
  'block not found',
  'blockoutofrange',
  'block is out of range',
  'block in the future',
]

/** The same meaning as `lagTexts`, with the number or hash of the block in the middle. */
export const missingBlock = /\bblock (?:height |number |#)?(?:0x)?[0-9a-f]{1,64} (?:is |was )?not (?:found|available)/

/**
 * Answers to a block tag that the node does not know. Old geth parses a tag as a hex number; real numbers from us
 * always start with 0x.
 */
export const tagTexts = [
  'finalized block not found',
  'safe block not found',
  'is not a supported commitment',
  'malformed blocknumber',
  'hex string without 0x prefix',
]

export const rangeTexts = [
  'block range',
  'blocks range',
  'range is too large',
  'range too large',
  'too large, max is',
  'range limit exceeded',
  'exceeds the range',
  'range threshold exceeded',
  'exceeds limit of',
  'exceeds limit',
  'blocks distance',
  'requested too many blocks',
  'maximum is set to',
  'ranges over',
  'logs over more',
  'maximum allowed number of requested blocks',
  'limit the query to',
  'query exceeds',
  'must be smaller than size',
  'max range',
  'max results',
  'returned more than',
  'too many results',
  'response size',
  'response too large',
  'response body exceeded the size limit',
  'answered with more than',
  'exceeded max allowed',
  'eth_getlogs is limited',
  'retry with the range',
  'specify less number of address',
  'result is too big',
  'result too big',
  'result too large',
  'results too large',
  'response is too big',
  'response too big',
  'range is too big',
  'range too big',
  'range too wide',
  'range is too wide',
  'max block range',
  'smaller range',
  'smaller block range',
  'narrow your',
  'fewer blocks',
  'limit the block',
  'too many logs',
  'no backend is currently healthy',
  'try paginating',
]

/** The same meaning as `rangeTexts`, with a number in the middle. */
export const rangeLimit = /\blimited to (?:a )?[0-9][0-9,.]*k? (?:blocks?|range)\b/

/** The reason is the number of calls in one request, or the total size of their answers. */
export const batchTexts = [
  'batch',
  'missing request id',
  'too many calls',
  'too many rpc calls',
  'too many json-rpc',
  'calls per request',
  'requests per payload',
  'response too large',
  'array of requests',
  'expected a json object',
  'expected object',
]

export const rateTexts = [
  'rate limit',
  'rate-limit',
  'too many requests',
  'request limit reached',
  'requests limited to',
  'exceeded the quota',
  'reached the quota',
  'monthly capacity limit',
  'limit for your current plan',
  'reached the free tier',
  'upgrade your tier',
  'enough cups',
  'error code: 1015',
  'daily request count',
]

export const revertTexts = [
  'reverted',
  'transaction: revert',
  'vm exception',
  'out of gas',
  'evm error',
  'vm execution error',
]

export const permanentTexts = [
  'invalid api key',
  'unauthorized',
  'key is inactive',
  'not allowed to access',
  'method is not whitelisted',
  'is not included in your current plan',
  'unsupported method',
  'missing trie node',
  'pruned',
  'specify address',
  'requested data is not available',
  'empty reader set',
  'invalid block range params',
  'invalid argument',
  'cannot specify both',
  'request could not be satisfied',
  'forbidden by',
]
