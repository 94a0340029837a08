import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { arrivals } from '../arrivals.js'

/**
 * The answer of the server for a name: an address with its TTL in seconds, that it is unknown,
 * or none.
 */
export type NameAnswer = { readonly address: string; readonly ttl: number } | 'unknown' | 'silence'

export interface NameServer {
  /** In the format of `dns.setServers`. */
  readonly address: string
  /** Requested names, in order: once for each address family. */
  readonly asked: readonly string[]
  readonly waitFor: (count: number) => Promise<readonly string[]>
  readonly stop: () => Promise<void>
}

/** A real name server over UDP with IPv4 addresses, or one that never answers. */
export async function startNameServer(answer: (name: string) => NameAnswer): Promise<NameServer> {
  const socket = createSocket('udp4')
  const asked = arrivals<string>()
  socket.on('message', (query, { port, address }) => {
    const { name, kind, end } = questionIn(query)
    asked.add(name)
    const told = answer(name)
    if (told === 'silence') return
    const known = told !== 'unknown' && kind === 1
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(told === 'unknown' ? 0x8183 : 0x8180, 2)
    header.writeUInt16BE(known ? 1 : 0, 6)
    header.writeUInt32BE(0, 8)
    const record = Buffer.alloc(12)
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(1, 2)
    record.writeUInt16BE(1, 4)
    if (known) record.writeUInt32BE(told.ttl, 6)
    record.writeUInt16BE(4, 10)
    const bytes = known ? [record, Buffer.from(told.address.split('.').map(Number))] : []
    socket.send(Buffer.concat([header, query.subarray(12, end), ...bytes]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: asked.all,
    waitFor: asked.waitFor,
    async stop() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

function questionIn(query: Buffer): { readonly name: string; readonly kind: number; readonly end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString())
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), kind: query.readUInt16BE(at + 1), end: at + 5 }
}
