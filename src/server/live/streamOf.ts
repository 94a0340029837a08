/**
 * Parts of a text as a body: each is made when the one before was taken, so that nothing piles up behind a client that
 * stalls. The signal aborts when the client has gone.
 */
export function streamOf(
  partsFor: (signal: AbortSignal) => AsyncIterator<string, unknown>,
): ReadableStream<Uint8Array> {
  const ending = new AbortController()
  const parts = partsFor(ending.signal)
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await parts.next()
        if (done === true) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      cancel: () => ending.abort(),
    },
    { highWaterMark: 0 },
  )
}
