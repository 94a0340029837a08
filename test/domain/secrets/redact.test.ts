import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactUrl } from '../../../src/domain/secrets/redact.js'

describe('redactUrl', () => {
  it.each([
    ['https://user:pass@node.example.org:8545/v3/key?token=1#frag', 'https://node.example.org:8545'],
    ['http://127.0.0.1:8545', 'http://127.0.0.1:8545'],
    ['http://[::1]:8545/key', 'http://[::1]:8545'],
    ['not a url with a key', '(not a URL)'],
  ])('shows only scheme, host and port of %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown)
  })

  it('shows nothing of path or query', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.stringMatching(/^[A-Z]{20}$/),
        (url, key) => !redactUrl(`${url}${url.includes('?') ? '&' : '?'}${key}`).includes(key),
      ),
    )
    expect(redactUrl('http://a/b')).toBe('http://a')
  })
})
