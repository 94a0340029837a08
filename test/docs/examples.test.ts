import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { blocksIn, root } from './pages.js'

const home = fileURLToPath(root)
const examples = new Map(
  blocksIn('ts').map((block) => [join(home, `${block.page.replaceAll('/', '-')}-${block.line}.ts`), block]),
)

it('every example in the docs type-checks against the public API', { timeout: 180_000 }, () => {
  expect(examples.size).toBeGreaterThan(8)
  expect(complaints()).toStrictEqual([])
})

/** The errors of the compiler for the examples, as if each were a file beside package.json. */
function complaints(): readonly string[] {
  const options =
    ts.getParsedCommandLineOfConfigFile(
      join(home, 'tsconfig.json'),
      {},
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    )?.options ?? {}
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram({
    rootNames: [...examples.keys()],
    options: {
      ...options,
      paths: { govstream: [join(home, 'src/index.ts')], 'govstream/*': [join(home, 'src/*/index.ts')] },
    },
    host: {
      ...host,
      fileExists: (path) => examples.has(path) || host.fileExists(path),
      readFile: (path) => examples.get(path)?.text ?? host.readFile(path),
      getSourceFile: (path, language, ...rest) => {
        const example = examples.get(path)
        return example === undefined
          ? host.getSourceFile(path, language, ...rest)
          : ts.createSourceFile(path, example.text, language)
      },
    },
  })
  return [...examples].flatMap(([path, { page, line }]) => {
    const source = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start = 0 }) => {
        const at = line + (source?.getLineAndCharacterOfPosition(start).line ?? 0)
        return `${page}:${at} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      },
    )
  })
}
