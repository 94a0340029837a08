import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pages, proseOf, root } from './pages.js'

interface Link {
  readonly page: string
  readonly to: string
}

const links: readonly Link[] = [...pages].flatMap(([page, text]) =>
  [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => ({ page, to })),
)

/** The anchors of a page, as renderers make them from the headings. */
function anchorsOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('a link', () => {
  it.each(links.filter(({ to }) => !/^https?:/.test(to)))('in $page leads somewhere: $to', ({ page, to }) => {
    const target = new URL(to, new URL(page, root))
    const path = target.pathname.slice(root.pathname.length)

    expect(existsSync(new URL(path, root))).toBe(true)
    if (target.hash !== '') expect(anchorsOf(pages.get(path) ?? '')).toContain(target.hash.slice(1))
  })

  it('leads from the README to every page', () => {
    const read = new Set(links.filter(({ page }) => page === 'README.md').map(({ to }) => to.split('#')[0]))

    expect([...pages.keys()].filter((page) => page !== 'README.md' && !read.has(page))).toStrictEqual([])
  })
})
