import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/cli/output/displayWidth.js'
import { type Column, leastTitle, renderTable } from '../../../src/cli/output/renderTable.js'

interface Row {
  readonly name: string
  readonly count: number
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', text: ({ name }) => name, shrinks: true, style: () => 'red' },
  { title: 'COUNT', text: ({ count }) => String(count), align: 'right' },
]
const plain = { width: Infinity, color: false }

describe('renderTable', () => {
  it('aligns columns, numbers to the right', () => {
    expect(
      renderTable(
        columns,
        [
          { name: 'one', count: 1 },
          { name: 'thousand', count: 1000 },
        ],
        plain,
      ).split('\n'),
    ).toStrictEqual(['NAME      COUNT', 'one           1', 'thousand   1000'])
  })

  it('cuts the shrinking column to the width of the terminal', () => {
    expect(
      renderTable(columns, [{ name: 'a name that is much too long', count: 1 }], { width: 20, color: false }).split(
        '\n',
      ),
    ).toStrictEqual(['NAME           COUNT', 'a name that…       1'])
  })

  it('wraps the last column between words, under itself', () => {
    const folding: readonly Column<Row>[] = [
      { title: 'COUNT', text: ({ count }) => String(count), align: 'right' },
      { title: 'NAME', text: ({ name }) => name, shrinks: true, folds: true },
    ]
    const rows = [
      { name: 'a name that is much too long', count: 1 },
      { name: 'short', count: 2 },
    ]
    expect(renderTable(folding, rows, { width: 20, color: false }).split('\n')).toStrictEqual([
      'COUNT  NAME',
      '    1  a name that',
      '       is much too',
      '       long',
      '    2  short',
    ])
    expect(renderTable(folding, rows, plain).split('\n')).toHaveLength(3)
  })

  it('aligns columns with double-width and zero-width characters', () => {
    const lines = renderTable(
      columns,
      [
        { name: '升级🚀', count: 1 },
        { name: 'e\u0301te', count: 2 },
      ],
      plain,
    ).split('\n')

    expect(lines.map(displayWidth)).toStrictEqual([13, 13, 13])
  })

  it('removes line breaks and control characters from a cell', () => {
    expect(renderTable(columns, [{ name: '\u001b[2Jx\ny\u202e', count: 1 }], plain).split('\n')[1]).toBe('x y       1')
  })

  it('shows colours only if wanted', () => {
    const rows = [{ name: 'x', count: 1 }]

    expect(renderTable(columns, rows, { width: 80, color: true })).toContain('\u001b[31m')
    expect(renderTable(columns, rows, plain)).not.toContain('\u001b')
  })

  it('drops optional columns before the title gets too narrow, and cuts other columns first', () => {
    const wide: readonly Column<Row>[] = [
      { title: 'FIRST', text: () => 'x'.repeat(20) },
      { title: 'SECOND', text: () => 'y'.repeat(20), yields: 2 },
      { title: 'THIRD', text: () => 'z'.repeat(20), yields: 1 },
      { title: 'TITLE', text: ({ name }) => name, shrinks: true, least: leastTitle },
    ]
    const titleAt = (width: number): readonly number[] =>
      renderTable(wide, [{ name: 't'.repeat(60), count: 1 }], { width, color: false })
        .split('\n')
        .slice(1)
        .flatMap((line) => [[...line.matchAll(/x+|y+|z+/g)].length, displayWidth(/t+…?$/.exec(line)?.[0] ?? '')])

    expect(titleAt(120)).toStrictEqual([3, 54])
    expect(titleAt(80)).toStrictEqual([2, 36])
    expect(titleAt(60)).toStrictEqual([1, 38])
    expect(titleAt(45)).toStrictEqual([1, 30])
  })

  it('never makes a line wider than the terminal, whatever the cells', () => {
    const row = fc.record({ name: fc.string({ unit: 'grapheme', maxLength: 200 }), count: fc.nat() })

    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 40, max: 200 }), (rows, width) =>
        renderTable(columns, rows, { width, color: false })
          .split('\n')
          .every((line) => displayWidth(line) <= width),
      ),
    )
    expect(renderTable(columns, [], plain)).toBe('NAME  COUNT')
  })

  it('keeps many columns within a narrow terminal', () => {
    const many = Array.from({ length: 6 }, (): Column<Row> => ({ title: 'COLUMN', text: ({ name }) => name }))
    for (const width of [40, 44, 60])
      expect(
        renderTable(many, [{ name: 'in progress', count: 1 }], { width, color: false })
          .split('\n')
          .map(displayWidth)
          .filter((size) => size > width),
      ).toStrictEqual([])
  })
})
