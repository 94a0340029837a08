import { createHash } from 'node:crypto'
import { defined } from '../domain/defined.js'
import type { InfoFacts } from '../domain/readiness/judgeInfo.js'
import { checksumOf } from '../domain/readiness/plannedDownload.js'
import { reasonOf } from '../domain/errors.js'
import type { OpenDownload } from '../transport/createDownloader.js'
import { refusalIn } from './askForDownload.js'

// Maximum size of the list of downloads, in bytes.
const mostBytes = 1_048_576

/** Reads the info of a plan from the URL that the plan gives instead of it. Rejects only if it is aborted. */
export async function fetchInfo(open: OpenDownload, url: URL, limitMs: number, outer: AbortSignal): Promise<InfoFacts> {
  const { host } = url
  const named = checksumOf(url)
  if ('problem' in named) return { host, problem: `it ${named.problem}` }
  const { checksum } = named
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
      const found = Buffer.concat(chunks)
      const sum = checksum && { checksum, hash: createHash(checksum.type).update(found).digest('hex') }
      return { host, text: found.toString('utf8'), ...defined({ sum }) }
    } finally {
      await answer.close()
    }
  } catch (cause) {
    outer.throwIfAborted()
    return { host, problem: signal.aborted ? `it did not come within ${limitMs / 1000} s` : reasonOf(cause) }
  }
}
