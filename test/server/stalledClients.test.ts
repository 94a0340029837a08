import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createStreamParser } from '../../src/remote/parseEventStream.js'
import { events, follow, numbered, servingEvents } from './eventsGiven.js'

const startedSchema = z.object({ response: z.custom<ServerResponse>(), socket: z.custom<Socket>() })

/** The server side of each answer, by the port of the client. */
function answersOf(port: number): ReadonlyMap<number, { readonly response: ServerResponse; readonly socket: Socket }> {
  const answers = new Map<number, { readonly response: ServerResponse; readonly socket: Socket }>()
  const note = (message: unknown): void => {
    const { response, socket } = startedSchema.parse(message)
    if (socket.localPort === port) answers.set(socket.remotePort ?? 0, { response, socket })
  }
  subscribe('http.server.request.start', note)
  onTestFinished(() => void unsubscribe('http.server.request.start', note))
  return answers
}

/** A client that requests everything, and reads only the beginning. */
async function stall(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(`GET ${events} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
  await new Promise((resolve) => socket.once('readable', resolve))
  return socket
}

/** The last id in what a socket still holds. */
async function lastIdIn(socket: Socket): Promise<string | undefined> {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  await new Promise((resolve) => socket.once('close', resolve))
  const text = Buffer.concat(parts).toString()
  // The sizes of the chunks are separate lines between the blocks, and not fields.
  const blocks = createStreamParser(1e8).push(text.replace(/\r\n[0-9a-f]+\r\n/g, ''))
  return blocks.findLast(({ id }) => id !== undefined)?.id
}

describe('stalled clients of the events', () => {
  it('delay no other client, and are not buffered for: 50 of 500', { timeout: 120_000 }, async () => {
    const { url, port, ask, commit, id, journalReads, stop } = await servingEvents()
    const answers = answersOf(port)
    commit(numbered(0))
    const stalled = await Promise.all(Array.from({ length: 50 }, () => stall(port)))
    const clients = await Promise.all(Array.from({ length: 450 }, () => follow(`${url}${events}?event=notification`)))
    await Promise.all(clients.map(({ standing }) => standing()))
    const before = journalReads()

    // Far more than the system buffers for a connection.
    const [turns, text] = [120, 'x'.repeat(60_000)]
    for (let number = 1; number <= turns; number += 1) {
      commit(numbered(number, text))
      if (number % 20 > 0) continue
      const told = await Promise.all(clients.map(({ upTo }) => upTo((block) => block.id === id(2 + 2 * number))))
      const ids = Array.from({ length: 20 }, (_, index) => id(2 + 2 * (number - 19 + index)))
      for (const blocks of told)
        expect(blocks.filter(({ event }) => event === 'notification').map((block) => block.id)).toStrictEqual(ids)
    }
    // A turn reads the journal once, for any number of clients.
    expect(journalReads() - before).toBe(turns)
    expect((await ask('/api/v1/chains')).status).toBe(200)

    expect(stalled.filter((socket) => socket.destroyed)).toStrictEqual([])
    const held = stalled.map(({ localPort }) => answers.get(localPort ?? 0))
    for (const answer of held) {
      expect(answer?.socket.destroyed).toBe(false)
      // Of the 7 MB sent: the part in transfer, and the little that a stream reads in advance.
      expect((answer?.response.writableLength ?? 1e9) + (answer?.socket.writableLength ?? 1e9)).toBeLessThan(200_000)
    }
    for (const socket of stalled) socket.destroy()
    await stop()
  })

  it('are cut off, and resume at their position when they reconnect', { timeout: 60_000 }, async () => {
    const limits = {
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      idleTimeout: 300,
      checkEvery: 50,
      maxConnections: 2_000,
    }
    const { url, port, commit, id, stop } = await servingEvents({}, { limits })
    const answers = answersOf(port)
    commit(numbered(0))
    const socket = await stall(port)
    const answer = answers.get(socket.localPort ?? 0)
    const cut = new Promise((resolve) => answer?.socket.once('close', resolve))
    const [turns, text] = [200, 'x'.repeat(60_000)]
    for (let number = 1; number <= turns; number += 1) commit(numbered(number, text))
    await cut
    const last = Number(await lastIdIn(socket))
    expect(last).toBeLessThan(Number(id(2 + 2 * turns)))

    const { upTo } = await follow(`${url}${events}`, { 'last-event-id': String(last) })
    const missed = await upTo((block) => block.id === id(2 + 2 * turns))
    expect(missed.map((block) => block.id)).toStrictEqual(
      Array.from({ length: Number(id(2 + 2 * turns)) - last }, (_, index) => String(last + 1 + index)),
    )
    await stop()
  })
})
