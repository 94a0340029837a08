/**
 * Parts of a text as a body: each is made when the one before was taken, so that nothing piles up behind a client that
 * stalls. The signal aborts when the client has gone.
 *
 * @param atEnd - Called once, when the last part was made or the client has gone.
 */
export function streamOf(
  partsFor: (signal: AbortSignal) => AsyncIterator<string, unknown>,
  atEnd: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  const ending = new AbortController()
  ending.signal.addEventListener('abort', atEnd, { once: true })
  const parts = partsFor(ending.signal)
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await parts.next()
          if (done !== true) {
            controller.enqueue(encoder.encode(value))
            return
          }
          ending.abort()
          controller.close()
        } catch (cause) {
          ending.abort()
          controller.error(cause)
        }
      },
      cancel: () => ending.abort(),
    },
    { highWaterMark: 0 },
  )
}
