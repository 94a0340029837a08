import { expect, it } from 'vitest'
import { readProxies } from '../../src/config/environment.js'
import { proxyFor } from '../../src/transport/proxyFor.js'

const proxies = { http: 'http://h.example:1', https: 'http://s.example:2' }

it.each<readonly [string, string | undefined, string | undefined]>([
  ['http://node.example/', proxies.http, ''],
  ['https://node.example/', proxies.https, ''],
  ['http://localhost:8545/', undefined, ''],
  ['http://127.0.0.1:8545/', undefined, ''],
  ['http://[::1]:8545/', undefined, ''],
  ['https://a.node.example/', undefined, 'node.example'],
  ['https://a.node.example/', undefined, 'x, .node.example'],
  ['https://node.example/', undefined, '*.node.example'],
  ['https://notnode.example/', proxies.https, 'node.example'],
  ['https://node.example:8545/', undefined, 'node.example:8545'],
  ['https://node.example/', proxies.https, 'node.example:8545'],
  ['https://node.example/', undefined, 'NODE.example:443'],
  ['https://10.0.0.7/', undefined, '10.0.0.7'],
  ['https://node.example/', undefined, '*'],
])('%s goes through %s if %j is excepted', (target, proxy, except) => {
  expect(proxyFor(new URL(target), { ...proxies, ...(except !== undefined && { except }) })).toBe(proxy)
})

it('the proxy variables are read in either case, lower case first, and an invalid URL is refused', () => {
  expect(
    readProxies({ HTTPS_PROXY: 'http://a.example', https_proxy: 'b.example:3128', HTTP_PROXY: '', no_proxy: 'lan' }),
  ).toStrictEqual({ https: 'http://b.example:3128', except: 'lan' })
  expect(() => readProxies({ HTTPS_PROXY: 'socks5://s3cr3t.example' })).toThrow(
    /^HTTPS_PROXY: expected the URL of a proxy(?!.*s3cr3t)/,
  )
})
