import { defineConfig } from 'eslint/config'
import rxjsX from 'eslint-plugin-rxjs-x'
import tseslint from 'typescript-eslint'

/** The rooms of src/, what each may know of the others, and which packages it does without. `cli` may know all. */
const rooms = {
  domain: { knows: [], without: ['rxjs', 'viem', 'pino', 'libsql', 'fs-extra', 'undici', 'zod', 'node:*'], pure: true },
  streams: {
    knows: ['domain'],
    without: ['viem', 'pino', 'libsql', 'fs-extra', 'undici', 'zod', 'node:*'],
    pure: true,
  },
  transport: { knows: ['domain'], without: ['rxjs', 'viem', 'pino', 'libsql', 'fs-extra'] },
  // An entry of its own, which browsers load too.
  sources: {
    knows: ['domain', 'transport'],
    without: ['pino', 'libsql', 'fs-extra', 'undici', 'node:*', '**/transport/createHttpClient.js'],
  },
  schema: { knows: ['domain'], without: ['rxjs', 'viem', 'pino', 'libsql', 'fs-extra', 'undici'] },
  notify: {
    knows: ['domain', 'schema'],
    without: ['rxjs', 'viem', 'pino', 'libsql', 'fs-extra', 'undici', 'node:*'],
    pure: true,
  },
  programs: { knows: ['domain'], without: ['rxjs', 'viem', 'pino', 'libsql', 'undici', 'zod'] },
  preflight: {
    knows: ['domain', 'programs', 'transport'],
    without: ['rxjs', 'viem', 'pino', 'libsql', 'undici', 'zod'],
  },
  channels: { knows: ['domain', 'programs', 'schema', 'transport'], without: ['viem', 'libsql', 'undici'] },
  store: { knows: ['domain'], without: ['viem', 'undici'] },
  sinks: { knows: ['domain', 'channels', 'programs', 'store', 'streams'], without: ['viem', 'undici'] },
  config: { knows: ['domain', 'schema', 'channels', 'notify'], without: ['rxjs', 'viem', 'pino', 'libsql'] },
  views: { knows: ['domain', 'store'], without: ['rxjs', 'viem', 'pino', 'libsql', 'undici', 'node:*'] },
  // Runs where a browser runs.
  remote: {
    knows: ['domain', 'streams', 'transport', 'views'],
    without: ['viem', 'pino', 'libsql', 'fs-extra', 'undici', 'node:*', '**/transport/createHttpClient.js'],
  },
  server: {
    knows: ['domain', 'channels', 'config', 'notify', 'store', 'views'],
    without: ['viem', 'pino', 'libsql', 'undici'],
  },
  // Runs in a browser; what renders it on the server is built into a file of its own.
  page: { knows: ['domain'], without: ['rxjs', 'viem', 'pino', 'libsql', 'fs-extra', 'undici', 'node:*'] },
  localChain: { knows: ['domain'], without: ['rxjs', 'pino', 'libsql', 'undici'] },
  monitor: {
    knows: [
      'domain',
      'streams',
      'sources',
      'sinks',
      'channels',
      'notify',
      'preflight',
      'programs',
      'server',
      'store',
      'config',
      'transport',
    ],
    without: ['viem', 'undici'],
  },
}
const pure = {
  'no-restricted-globals': [
    'error',
    'process',
    'console',
    'fetch',
    'setTimeout',
    'setInterval',
    'performance',
    'crypto',
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'Inject randomness.' },
    { object: 'Date', property: 'now', message: 'Time comes in as data.' },
  ],
}

/** Governance systems. What two of them share lies in `evm` or `cosmosSdk`; none knows another. */
const systems = ['cosmos', 'govBase', 'governor', 'signal', 'upgradeEntrypoint', 'wemix', 'wemixvisorRpc']

function room([name, { knows, without, pure: isPure = false }]) {
  const others = [...Object.keys(rooms), 'cli'].filter((other) => other !== name && !knows.includes(other))
  const closed = [
    ...without.flatMap((dependency) => [dependency, `${dependency}/*`]),
    ...others.flatMap((other) => (other === 'monitor' ? ['**/monitor/**', '**/monitor.js'] : [`**/${other}/**`])),
  ]
  const message = `${name} knows ${knows.length === 0 ? 'no other room' : knows.join(', ')}: see docs/architecture.md.`
  return {
    files: [`src/${name}/**/*.{ts,tsx}`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: closed, message }] }],
      ...(isPure && pure),
      ...(name === 'transport' && { 'no-restricted-globals': ['error', 'fetch', 'process', 'console'] }),
    },
  }
}

/** A folder of `governance` keeps the rules of `sources`, and knows no system but itself; `evm` and `cosmosSdk` know none. */
function system(name) {
  const [, { patterns }] = room(['sources', rooms.sources]).rules['@typescript-eslint/no-restricted-imports']
  const others = systems.filter((other) => other !== name)
  const message = `${name} knows no other governance system: what two share lies in evm or cosmosSdk.`
  return {
    files: [`src/sources/governance/${name}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [...patterns, { group: others.map((other) => `**/${other}/**`), message }] },
      ],
    },
  }
}

export default defineConfig(
  { ignores: ['dist', 'node_modules', 'coverage'] },
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, rxjsX.configs.strict],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'rxjs-x/finnish': [
        'error',
        {
          functions: false,
          methods: false,
          parameters: true,
          properties: true,
          variables: true,
          names: {
            '^(cold|hot|read|sink|handle|act|execute|commit|keep|take|work|vouch|limited|recall|use|write|look|serve)': false,
          },
          types: { '^Stage$': false, '^(MonoType)?OperatorFunction$': false },
        },
      ],
      'rxjs-x/no-sharereplay': ['error', { allowConfig: false }],
      'rxjs-x/no-subject-value': 'error',
      'rxjs-x/throw-error': ['error', { allowThrowingUnknown: true }],
      // The dearest of all rules, and there is neither an enum here nor a class of which one is taken for another.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, varsIgnorePattern: '^_', argsIgnorePattern: '^_' },
      ],
      'no-duplicate-imports': 'error',
      // Prettier holds the width of code; comments it leaves as they are.
      'max-len': [
        'error',
        {
          code: 1000,
          comments: 120,
          ignoreUrls: true,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
        },
      ],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config reads the environment.' },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}', 'scripts/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'ImportDeclaration[source.value=/^zod(.mini)?$/] > :matches(ImportSpecifier, ImportDefaultSpecifier)',
          message: "import * as z from 'zod': a bundle then holds what is used of it, and not all languages.",
        },
        {
          selector: "MemberExpression[property.name='toLocaleString']",
          message: 'The first number in a locale takes 50 ms of a start: countText writes one.',
        },
        {
          selector: 'ObjectExpression > SpreadElement > ObjectExpression',
          message: 'Name the keys: a literal that is spread only hides how many there are.',
        },
      ],
    },
  },
  { files: ['src/config/environment.ts'], rules: { 'no-restricted-properties': 'off' } },
  ...Object.entries(rooms).map(room),
  ...[...systems, 'evm', 'cosmosSdk'].map(system),
  {
    files: ['src/sinks/**/*.ts', 'src/localChain/**/*.ts', 'src/cli/demo/**/*.ts'],
    // The writer of upgrade-info.json works on open descriptors, which fs-extra does not know.
    ignores: ['src/sinks/upgradeInfo/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:fs', message: 'Files go through fs-extra.' },
            { name: 'node:fs/promises', allowImportNames: ['watch'], message: 'Files go through fs-extra.' },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { property: 'override', message: 'It changes the fixtures of every file that shares them: extend.' },
        ...['waitFor', 'waitUntil'].map((property) => ({
          object: 'vi',
          property,
          message:
            'It gives up after a second, also on a busy machine: expect.poll waits as long as vitest.config.ts says.',
        })),
      ],
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'max-params': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-subscription': 'off',
    },
  },
)
