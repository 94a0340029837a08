import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { beforeAll, expect, it } from 'vitest'
import { buildWhereStale } from '../process/buildWhereStale.js'

beforeAll(buildWhereStale, 180_000)

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

/** The types of this package that the declarations of an entry name but no entry in `open` exports. */
function hiddenTypes(entry: string, open: readonly string[]): readonly string[] {
  const files = [entry, ...open].map((name) => `${dist}${name}`)
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  const symbolsOf = (file: string): readonly ts.Symbol[] => {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    return module === undefined ? [] : checker.getExportsOfModule(module).map(resolved)
  }
  const exported = new Set(files.flatMap(symbolsOf))
  const seen = new Set<ts.Symbol>()
  const hidden: string[] = []

  function resolved(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  }
  function visit(symbol: ts.Symbol, from: string): void {
    if (seen.has(symbol)) return
    seen.add(symbol)
    for (const declaration of symbol.declarations ?? []) {
      const file = declaration.getSourceFile().fileName
      if (!file.startsWith(dist)) continue
      const named = !ts.isTypeParameterDeclaration(declaration) && ts.isSourceFile(declaration.parent)
      if (named && !exported.has(symbol)) hidden.push(`${symbol.name} of ${file.slice(dist.length)}, named by ${from}`)
      walk(declaration, symbol.name)
    }
  }
  function walk(node: ts.Node, from: string): void {
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : ts.isImportTypeNode(node)
          ? node.qualifier
          : undefined
    const symbol = name && checker.getSymbolAtLocation(name)
    if (symbol !== undefined) visit(resolved(symbol), from)
    ts.forEachChild(node, (child) => walk(child, from))
  }
  for (const symbol of symbolsOf(`${dist}${entry}`)) visit(symbol, entry)
  return hidden
}

it.each<readonly [string, readonly string[]]>([
  ['index.d.ts', []],
  ['domain/index.d.ts', []],
  ['streams/index.d.ts', ['domain/index.d.ts']],
  ['sources/index.d.ts', ['domain/index.d.ts']],
  ['remote/index.d.ts', ['domain/index.d.ts', 'streams/index.d.ts']],
])('every type that %s names can be imported', { timeout: 60_000 }, (entry, open) => {
  expect(hiddenTypes(entry, open)).toStrictEqual([])
})
