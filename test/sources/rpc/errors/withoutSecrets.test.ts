import { expect, it } from 'vitest'
import { withoutSecrets } from '../../../../src/sources/rpc/errors/withoutSecrets.js'

it.each([
  ['see https://node.example/v2/s3cret\nfor more', 'see (URL) for more'],
  ['x'.repeat(300), 'x'.repeat(300)],
  ['x'.repeat(301), `${'x'.repeat(300)}…`],
])('the text of a node becomes one line without addresses, of limited length', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown)
})
