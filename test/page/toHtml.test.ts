import fc from 'fast-check'
import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { toHtml } from '../../src/page/toHtml.js'

const entities = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&amp;', '&'],
])
const read = (html: string): string => html.replace(/&(?:lt|gt|quot|#39|amp);/g, (one) => entities.get(one) ?? one)

describe('toHtml', () => {
  it('renders the elements, attributes and text of a tree', () => {
    const Greeting = ({ name }: { readonly name: string }) => h('b', { class: 'name' }, name)
    const tree = h(
      'p',
      { hidden: true, id: 'a', title: undefined },
      'Hello ',
      h(Greeting, { name: 'Ann' }),
      h('br', {}),
      3,
      null,
      false,
    )
    expect(toHtml(tree)).toBe('<p hidden id="a">Hello <b class="name">Ann</b><br>3</p>')
  })

  it('omits event handlers', () => {
    expect(toHtml(h('button', { onClick: () => undefined }, 'Go'))).toBe('<button>Go</button>')
  })

  it('escapes any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'a', ' ', '\u0000', '\ud800') }),
        (text) => {
          const [, title = '', inside = ''] =
            /^<p title="([^"<>]*)">([^<>]*)<\/p>$/.exec(toHtml(h('p', { title: text }, text))) ?? []
          expect([read(title), read(inside)]).toStrictEqual([text, text])
        },
      ),
    )
  })
})
