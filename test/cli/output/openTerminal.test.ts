import { describe, expect, it } from 'vitest'
import { openTerminal } from '../../../src/cli/output/openTerminal.js'

const output = (isTTY: boolean) => ({ isTTY, columns: 80, write: () => true, on: () => undefined })
const terminal = (environment: Readonly<Record<string, string>>, [out, err] = [true, true]) => {
  const { color, noteColor } = openTerminal({ stdout: output(out), stderr: output(err) }, environment)
  return { color, noteColor }
}

describe('colour', () => {
  it.each<[Readonly<Record<string, string>>, boolean]>([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ TERM: 'dumb' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', TERM: 'dumb' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('on a terminal with %j: %j', (environment, color) => {
    expect(terminal(environment)).toStrictEqual({ color, noteColor: color })
  })

  it.each<[Readonly<Record<string, string>>, boolean]>([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('in a pipe with %j: %j', (environment, color) => {
    expect(terminal(environment, [false, false])).toStrictEqual({ color, noteColor: color })
  })

  it('is decided for stdout and stderr separately', () => {
    expect(terminal({}, [false, true])).toStrictEqual({ color: false, noteColor: true })
  })
})

describe('a progress line', () => {
  it('is shown only on a terminal that can clear it', () => {
    const draws = (err: boolean, environment = {}) =>
      openTerminal({ stdout: output(true), stderr: output(err) }, environment).draw !== undefined
    expect([draws(true), draws(false), draws(true, { TERM: 'dumb' })]).toStrictEqual([true, false, false])
  })
})

describe('width', () => {
  it('is that of the terminal, at least 40, and unlimited without a terminal', () => {
    const width = (isTTY: boolean, columns: number) =>
      openTerminal({ stdout: { ...output(isTTY), columns }, stderr: output(true) }, {}).width

    expect([width(true, 120), width(true, 20), width(false, 80)]).toStrictEqual([120, 40, Infinity])
  })
})
