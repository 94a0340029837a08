import { describe, expect, it } from 'vitest'
import { isKnownHost, readHost } from '../../src/server/hosts.js'

const port = 9464

/**
 * Whether a server that listens at `own` and was reached at `localAddress` knows the host of a
 * header.
 */
function knows(own: string, localAddress: string, header: string): boolean {
  const host = readHost(header)
  return host !== undefined && isKnownHost(host, { listen: { host: own, port }, hosts: [] }, { port, localAddress })
}

describe('a server on all addresses that was reached on this machine', () => {
  it.for([
    ['0.0.0.0', '127.0.0.1', 'localhost:9464'],
    ['0.0.0.0', '127.0.0.1', 'LOCALHOST:9464'],
    ['0.0.0.0', '127.0.0.2', '127.0.0.2:9464'],
    ['::', '::1', 'localhost:9464'],
    ['::', '::1', '[::1]:9464'],
    ['::', '::ffff:127.0.0.1', 'localhost:9464'],
    ['::', '::ffff:127.0.0.1', '127.0.0.1:9464'],
    ['0:0:0:0:0:0:0:0', '::1', '[::1]:9464'],
    ['0', '127.0.0.1', 'localhost:9464'],
  ] as const)('at %s, over %s, has the host %s', ([own, reached, header]) => {
    expect(knows(own, reached, header)).toBe(true)
  })

  it.for([
    ['0.0.0.0', '127.0.0.1', 'localhost'],
    ['0.0.0.0', '127.0.0.1', 'localhost:80'],
    ['0.0.0.0', '127.0.0.1', 'localhost.:9464'],
    ['0.0.0.0', '127.0.0.1', 'localhost.evil.example:9464'],
    ['0.0.0.0', '127.0.0.1', '[::1]:9464'],
    ['::', '::1', '127.0.0.1:9464'],
    // Another machine called by a local name: no client reaches it by that name.
    ['0.0.0.0', '192.0.2.7', 'localhost:9464'],
    ['192.0.2.7', '192.0.2.7', 'localhost:9464'],
  ] as const)('at %s, over %s, does not have the host %s', ([own, reached, header]) => {
    expect(knows(own, reached, header)).toBe(false)
  })
})
