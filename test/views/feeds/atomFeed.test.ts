import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { atomFeedOf, type FeedSource } from '../../../src/views/feeds/atomFeed.js'
import { notification } from '../../support/storeGiven.js'

interface Element {
  readonly path: string
  readonly attributes: Readonly<Record<string, string>>
  text: string
}

/** The elements of a document; throws if it is not well-formed. */
function read(source: FeedSource): readonly Element[] {
  const elements: Element[] = []
  const open: Element[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element = { path: [open.at(-1)?.path ?? '', name].join('/'), attributes, text: '' }
    elements.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  })
  parser.on('closetag', () => open.pop())
  parser.write(atomFeedOf(source)).close()
  return elements
}

const textsAt = (source: FeedSource, path: string) =>
  read(source).flatMap((element) => (element.path === path ? [element.text] : []))

describe('the feed', () => {
  it('contains each notification in order, and the time of the newest', () => {
    const notifications = [
      notification('b', { timestamp: '2026-02-01T00:00:00.000Z' }),
      notification('a', { timestamp: '2026-01-01T00:00:00.000Z' }),
    ]
    expect(textsAt({ notifications }, '/feed/entry/title')).toStrictEqual(['New: b', 'New: a'])
    expect(textsAt({ notifications }, '/feed/entry/content')).toStrictEqual(['Vote on it.', 'Vote on it.'])
    expect(textsAt({ notifications }, '/feed/updated')).toStrictEqual(['2026-02-01T00:00:00.000Z'])
  })

  it('has the event, priority and chain of each as categories', () => {
    const categories = read({ notifications: [notification('a')] }).flatMap(({ path, attributes }) =>
      path === '/feed/entry/category' ? [attributes['term']] : [],
    )
    expect(categories).toStrictEqual(['new_proposal', 'medium', 'local'])
  })

  it('has a unique and stable id for each notification', () => {
    const notifications = ['a', 'b', 'a b', 'a%20b'].map((id) => notification(id))
    const ids = textsAt({ notifications }, '/feed/entry/id')
    expect(new Set(ids).size).toBe(4)
    expect(ids.every((id) => /^tag:govstream,2026:[\w%.~()*!-]+$/.test(id))).toBe(true)
    expect(textsAt({ notifications: notifications.toReversed() }, '/feed/entry/id').toReversed()).toStrictEqual(ids)
  })

  it('omits silenced notifications', () => {
    const notifications = [notification('a', { silenced: 'silence-1' }), notification('b')]
    expect(textsAt({ notifications }, '/feed/entry/title')).toStrictEqual(['New: b'])
  })

  it('links to the public URL of the server', () => {
    const [link] = read({ notifications: [], publicUrl: 'https://gov.example/?a=1&b="2"' }).filter(
      ({ path }) => path === '/feed/link',
    )
    expect({ ...link?.attributes }).toStrictEqual({ rel: 'alternate', href: 'https://gov.example/?a=1&b="2"' })
  })

  it('is well-formed and preserves the text, whatever a chain writes', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('<', '&', ']]>', '"', '\0', '\ufffe', '\ud800', '\r'),
        fc.string({ unit: 'binary' }),
      ),
    })
    const shown = (given: string) =>
      given.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    fc.assert(
      fc.property(text, text, text, (id, title, message) => {
        const source = { notifications: [notification(id, { title, message, chain: title })] }
        expect(textsAt(source, '/feed/entry/title')).toStrictEqual([shown(title)])
        expect(textsAt(source, '/feed/entry/content')).toStrictEqual([shown(message)])
      }),
    )
  })
})
