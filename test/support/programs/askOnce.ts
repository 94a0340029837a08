import { createHttpClient } from '../../../src/transport/createHttpClient.js'

// Requests the URL once, and prints the result. A separate process, for what is read at its
// start.
const [, , url = ''] = process.argv
const request = { url: new URL(url), timeoutMs: 60_000, maxBytes: 1_000, signal: new AbortController().signal }
const said = await createHttpClient()
  .request(request)
  .then(({ status, text }) => `${status} ${text}`, String)
process.stdout.write(said)
