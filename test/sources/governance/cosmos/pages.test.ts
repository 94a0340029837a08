import { expect, it } from 'vitest'
import { keyOfId } from '../../../../src/sources/governance/cosmos/pages.js'

it('the key of a page is its first id in eight bytes, as in the SDK', () => {
  expect(keyOfId(797n)).toBe('AAAAAAAAAx0=')
})
