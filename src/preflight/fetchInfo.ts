import type { InfoFacts } from '../domain/readiness/judgeInfo.js'
import { reasonOf } from '../domain/errors.js'
import type { OpenDownload } from '../transport/createDownloader.js'
import { refusalIn } from './askForDownload.js'

// Maximum size of the list of downloads, in bytes.
const mostBytes = 1_048_576

/** Reads the info of a plan from the URL that the plan gives instead of it. Rejects only if it is aborted. */
export async function fetchInfo(open: OpenDownload, url: URL, limitMs: number, outer: AbortSignal): Promise<InfoFacts> {
  const { host } = url
  const signal = AbortSignal.any([outer, AbortSignal.timeout(limitMs)])
  try {
    const asked = new URL(url.href)
    asked.searchParams.delete('checksum')
    const answer = await open(asked, { signal })
    try {
      const refusal = refusalIn(answer)
      if (refusal !== undefined) return { host, problem: `its server answers with HTTP ${answer.status}` }
      const chunks: Uint8Array[] = []
      let size = 0
      for await (const chunk of answer.body) {
        size += chunk.byteLength
        if (size > mostBytes) return { host, problem: `it has more than ${mostBytes} bytes` }
        chunks.push(chunk)
      }
      return { host, text: Buffer.concat(chunks).toString('utf8') }
    } finally {
      await answer.close()
    }
  } catch (cause) {
    outer.throwIfAborted()
    return { host, problem: signal.aborted ? `it did not come within ${limitMs / 1000} s` : reasonOf(cause) }
  }
}
