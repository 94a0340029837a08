import { defineConfig } from 'eslint/config'
import rxjsX from 'eslint-plugin-rxjs-x'
import tseslint from 'typescript-eslint'

const inwards =
  'Dependencies point inwards: cli -> monitor -> {sources, streams, sinks} -> domain; {sources, sinks} -> transport -> domain.'
const room = (files, groups, extra = {}) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: groups.map((group) => ({ group, message: inwards })) },
    ],
    ...extra,
  },
})
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

export default defineConfig(
  { ignores: ['dist', 'node_modules', 'coverage'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
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
          names: { '^(cold|hot|read|sink|handle|act|execute|commit|keep|take|work|patient)': false },
          types: { '^Stage$': false, '^(MonoType)?OperatorFunction$': false },
        },
      ],
      'rxjs-x/no-sharereplay': ['error', { allowConfig: false }],
      'rxjs-x/no-subject-value': 'error',
      'rxjs-x/throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, varsIgnorePattern: '^_', argsIgnorePattern: '^_' },
      ],
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config reads the environment.' },
      ],
    },
  },
  { files: ['src/config/environment.ts'], rules: { 'no-restricted-properties': 'off' } },
  room(
    ['src/domain/**/*.ts'],
    [
      ['rxjs', 'rxjs/*'],
      ['viem', 'viem/*', 'pino', 'libsql', 'fs-extra', 'undici', 'node:*'],
      ['**/sources/**', '**/transport/**', '**/streams/**', '**/sinks/**', '**/cli/**', '**/config/**', '**/monitor*'],
    ],
    pure,
  ),
  room(
    ['src/streams/**/*.ts'],
    [
      ['viem', 'viem/*', 'pino', 'libsql', 'fs-extra', 'undici', 'node:*'],
      ['**/sources/**', '**/transport/**', '**/sinks/**', '**/cli/**', '**/config/**', '**/monitor*'],
    ],
    pure,
  ),
  room(
    ['src/transport/**/*.ts'],
    [
      ['rxjs', 'rxjs/*', 'viem', 'viem/*', 'pino', 'libsql', 'fs-extra'],
      ['**/sources/**', '**/streams/**', '**/sinks/**', '**/cli/**', '**/config/**', '**/monitor*'],
    ],
    { 'no-restricted-globals': ['error', 'fetch', 'process', 'console'] },
  ),
  room(
    ['src/sources/**/*.ts'],
    [
      ['pino', 'libsql', 'fs-extra', 'undici'],
      ['**/sinks/**', '**/cli/**', '**/config/**', '**/monitor*'],
    ],
  ),
  room(
    ['src/sinks/**/*.ts'],
    [
      ['viem', 'viem/*', 'undici'],
      ['**/sources/**', '**/streams/**', '**/cli/**', '**/config/**', '**/monitor*'],
    ],
  ),
  {
    files: ['src/cli/**/*.ts', 'src/sinks/**/*.ts'],
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
  room(
    ['src/config/**/*.ts'],
    [
      ['rxjs', 'viem', 'viem/*', 'pino', 'libsql'],
      ['**/sources/**', '**/streams/**', '**/sinks/**', '**/cli/**', '**/monitor*'],
    ],
  ),
  {
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'no-restricted-properties': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-subscription': 'off',
    },
  },
)
