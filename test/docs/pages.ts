import { readdirSync, readFileSync } from 'node:fs'

/** A fenced block of a page. */
export interface Block {
  readonly page: string
  /** Line of its first line, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
}

export const root = new URL('../../', import.meta.url)

/** Every page of the documentation, by its path from the root. */
export const pages: ReadonlyMap<string, string> = new Map(
  [
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    ...readdirSync(new URL('docs/', root))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ].map((page) => [page, readFileSync(new URL(page, root), 'utf8')]),
)

export function pageText(page: string): string {
  const text = pages.get(page)
  if (text === undefined) throw new Error(`There is no page ${page}.`)
  return text
}

/** The fenced blocks in one language on all pages. */
export function blocksIn(language: string): readonly Block[] {
  return [...pages].flatMap(([page, text]) => blocksOf(page, text)).filter((block) => block.language === language)
}

/** The text without its fenced blocks: headings, links and tables of a page. */
export function proseOf(text: string): string {
  return text.replace(/^(`{3,}).*\n[^]*?^\1$/gm, '')
}

/** Rows of the table whose first row is `header`, cell by cell, without code marks. */
export function tableOf(page: string, header: readonly string[]): readonly (readonly string[])[] {
  const lines = pageText(page).split('\n')
  const start = lines.indexOf(`| ${header.join(' | ')} |`)
  if (start < 0) throw new Error(`${page} has no table ${header.join(', ')}.`)
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  )
}

function blocksOf(page: string, text: string): readonly Block[] {
  return [...text.matchAll(/^(`{3,})([\w-]*)\n([^]*?)^\1$/gm)].map(({ index, 2: language = '', 3: body = '' }) => ({
    page,
    language,
    text: body,
    line: text.slice(0, index).split('\n').length + 1,
  }))
}
