import { expect, it } from 'vitest'
import { partlyRefused } from '../../../src/channels/mail/mailErrors.js'

it('an address refused without a reason is retried', () => {
  expect(partlyRefused([], ['ops@example.net'], 'mail.example.net')).toMatchObject({
    kind: 'transient',
    message: 'The mail server mail.example.net refused ops@example.net. The other addresses have it.',
  })
})
