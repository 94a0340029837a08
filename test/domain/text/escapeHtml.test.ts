import { describe, expect, it } from 'vitest'
import { escapeHtml } from '../../../src/domain/text/escapeHtml.js'

describe('escapeHtml', () => {
  it('escapes what could end a tag or an attribute', () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
    )
  })

  it('leaves everything else as it is', () => {
    expect(escapeHtml('Ünïcode 🚀 = `x`\n')).toBe('Ünïcode 🚀 = `x`\n')
  })
})
