import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stagesOf } from '../src/streams/pipeStages.js'
import { pageText, root, tableOf } from './docs/pages.js'

const src = join(fileURLToPath(root), 'src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
const roomOf = (path: string): string => path.split('/')[0]!.replace(/\.[jt]sx?$/, '')

/** The files of src/ that a file of src/ imports, as paths from src/. */
function importsOf(path: string): readonly string[] {
  const text = readFileSync(join(src, path), 'utf8')
  return [...text.matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, to = '']) => normalize(join(dirname(path), to)))
}

/** The other rooms that a room imports from. */
function knownBy(room: string): readonly string[] {
  const rooms = files.filter((path) => roomOf(path) === room).flatMap((path) => importsOf(path).map(roomOf))
  return [...new Set(rooms)].filter((other) => other !== room).sort()
}

/** Those in an import cycle, or between two of them. */
function circlesAmong(knows: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const left = [...knows.keys()].filter((one) => {
    const others = knows.get(one) ?? []
    return others.some((other) => knows.has(other)) && [...knows.values()].some((known) => known.includes(one))
  })
  return left.length === knows.size ? left : circlesAmong(new Map(left.map((one) => [one, knows.get(one) ?? []])))
}

describe('docs/architecture.md', () => {
  const rooms = new Set(files.map(roomOf).filter((room) => room !== 'index'))

  it('draws every room, and no other', () => {
    const picture = /^src\/\n([^]*?)^```$/m.exec(pageText('docs/architecture.md'))?.[1] ?? ''
    const drawn = [...picture.matchAll(/^ {2}(\w+)(?:\/|\.ts) /gm)].map(([, name = '']) => name)
    expect([...new Set(drawn)].sort()).toStrictEqual([...rooms, 'index'].sort())
  })

  it('lists the imports of each room exactly', () => {
    const said = tableOf('docs/architecture.md', ['Room', 'Knows', 'Does without']).map(([room = '', knows = '']) => [
      room,
      knows === 'nothing' ? [] : knows.split(', '),
    ])
    expect(said.toSorted()).toStrictEqual([...rooms].sort().map((room) => [room, knownBy(room)]))
  })

  it('has no import cycle between the rooms', () => {
    expect(circlesAmong(new Map([...rooms].map((room) => [room, knownBy(room)])))).toStrictEqual([])
  })
})

describe('src', () => {
  it('has no import cycle between files, types included', () => {
    const fileOf = (path: string): string =>
      [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find((file) => files.includes(file)) ?? path
    expect(circlesAmong(new Map(files.map((path) => [path, importsOf(path).map(fileOf)])))).toStrictEqual([])
  })
})

describe('the picture in README.md', () => {
  const picture = /^```text\n(pollHeads[^]*?)^```$/m.exec(pageText('README.md'))?.[1] ?? ''
  const lines = picture.split('\n').map((line) => ({ depth: line.search(/\w/), name: /\w+/.exec(line)?.[0] ?? '' }))
  const under = (depth: number): readonly string[] =>
    lines.filter((line) => line.depth === depth).map(({ name }) => name)

  it('names the stages in their order', () => {
    expect(under(8)).toStrictEqual([...Object.keys(stagesOf()), 'commit'])
  })

  it('names parts that the monitor imports', () => {
    const composed = files
      .filter((path) => ['monitor', 'sources'].includes(roomOf(path)))
      .flatMap((path) => [...readFileSync(join(src, path), 'utf8').matchAll(/import (?:type )?\{([^}]*)\} from/g)])
      .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
    const parts = [...under(0), ...under(6), ...under(14)].filter((name) => name !== '' && name !== 'execute')
    expect(parts).toHaveLength(10)
    expect(parts.filter((name) => !composed.includes(name))).toStrictEqual([])
  })

  it('gives each view the name of its stream', () => {
    const views = readFileSync(join(src, 'monitor/viewsOf.ts'), 'utf8')
    for (const [, view = '', stream = ''] of picture.matchAll(/─> (\w+) +(\w+\$)$/gm)) {
      expect(views).toMatch(new RegExp(`${stream.replace('$', '\\$')}: iterable\\(turn\\$\\.pipe\\(${view}\\(`))
    }
  })
})
describe('the readers', () => {
  it('do not import one another', () => {
    const systems = readdirSync(join(src, 'sources/governance'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    const shared = new Set(['evm', 'cosmosSdk'])
    const crossing = files.flatMap((path) => {
      const own = /^sources\/governance\/(\w+)\//.exec(path)?.[1]
      if (own === undefined) return []
      return importsOf(path).filter((to) => {
        const other = /^sources\/governance\/(\w+)\//.exec(to)?.[1]
        return other !== undefined && other !== own && systems.includes(other) && !shared.has(other)
      })
    })
    expect(crossing.map((path) => relative('sources/governance', path))).toStrictEqual([])
  })
})
