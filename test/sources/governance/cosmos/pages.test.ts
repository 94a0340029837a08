import { expect, it } from 'vitest'
import { keyOfId } from '../../../../src/sources/governance/cosmos/pages.js'

it('the key of a page is the id that it begins with, in eight bytes, as the SDK writes it', () => {
  expect(keyOfId(797n)).toBe('AAAAAAAAAx0=')
})
