import { expect, it } from 'vitest'
import { mistakenDirectory, upgradeDirectory } from '../../../src/domain/readiness/upgradeDirectory.js'

it.each([
  ['v2', 'v2', 'v2'],
  ['Horace', 'horace', 'Horace'],
  ['v2 Test', 'v2%20test', 'v2 Test'],
  ["it's (v2)!", 'it%27s%20%28v2%29%21', "it's (v2)!"],
  ['a$b&c+d:e=f@g', 'a$b&c+d:e=f@g', 'a$b&c+d:e=f@g'],
  ['é', '%C3%A9', 'é'],
  ['ΣΟΦΟΣ', '%CF%83%CE%BF%CF%86%CE%BF%CF%83', 'ΣΟΦΟΣ'],
  ['İzmir', 'izmir', 'İzmir'],
])('cosmovisor and wemixvisor look for %s in %s and %s', (name, cosmovisor, wemixvisor) => {
  expect(upgradeDirectory(name, 'cosmovisor')).toBe(cosmovisor)
  expect(upgradeDirectory(name, 'wemixvisor')).toBe(wemixvisor)
})

it('finds the directory in another case, or unescaped, as a mistake', () => {
  expect(mistakenDirectory('Horace', 'cosmovisor', ['v1', 'Horace'])).toBe('Horace')
  expect(mistakenDirectory('v2 test', 'cosmovisor', ['v2 test'])).toBe('v2 test')
  expect(mistakenDirectory('Horace', 'wemixvisor', ['horace'])).toBe('horace')
  expect(mistakenDirectory('v2', 'cosmovisor', ['v1', 'v20'])).toBeUndefined()
})
