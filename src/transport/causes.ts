/** Why a request failed, and what to do about it. */
export interface Cause {
  /** The error code, such as ECONNREFUSED, so that a reader can look it up. */
  readonly code: string
  /** What happened, as the end of a sentence. */
  readonly what: string
  /** What to do, in one sentence. */
  readonly todo: string
  /** False if the code is not in the table. */
  readonly isKnown: boolean
}

type Row = readonly [codes: readonly string[], what: string, todo: string]

const trust =
  'Give the file with the certificate of its authority to the process in NODE_EXTRA_CA_CERTS, or correct the certificate.'

// One table for nodes, REST servers and webhooks.
const table: readonly Row[] = [
  [['ECONNREFUSED'], 'nothing listens at that port', 'Start the server, or correct host and port.'],
  [
    ['ENOTFOUND'],
    'no name server knows the name',
    'Correct the name, or add it to the hosts file: names of local networks (mDNS) are not looked up.',
  ],
  [
    ['EAI_AGAIN', 'EAI_FAIL', 'ESERVFAIL', 'EREFUSED', 'EBADRESP', 'EBADNAME', 'EFORMERR', 'ENOTIMP'],
    'the name servers give no answer for the name',
    'Check the name servers of this machine (/etc/resolv.conf), or add the name to the hosts file.',
  ],
  [
    ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'],
    'no connection in time',
    'Check that the host is up and that no firewall blocks the port.',
  ],
  [
    ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL'],
    'there is no route to that address',
    'Check the network of this machine, and the address.',
  ],
  [
    ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED'],
    'the connection was cut',
    'If it repeats, check the log of the server, or of the proxy in front of it.',
  ],
  [
    ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
    'the answer stopped coming',
    'The server is overloaded or stuck: check its log.',
  ],
  [
    ['CERT_HAS_EXPIRED'],
    'its certificate has expired',
    'Renew the certificate of the server; check the clock of this machine.',
  ],
  [['CERT_NOT_YET_VALID'], 'its certificate is not valid yet', 'Check the clock of this machine.'],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
    'its certificate is for another name',
    'Use the name the certificate was made for.',
  ],
  [
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_UNTRUSTED',
      'INVALID_CA',
    ],
    'its certificate is not signed by an authority that this machine trusts',
    trust,
  ],
  [
    ['CERT_REVOKED', 'CERT_REJECTED', 'CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG'],
    'its certificate is refused',
    trust,
  ],
  [
    [
      'EPROTO',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_PACKET_LENGTH_TOO_LONG',
      'ERR_SSL_HTTP_REQUEST',
      'UND_ERR_PRX_TLS',
    ],
    'no agreement about TLS',
    'If the server speaks plain HTTP, write http:// instead of https://.',
  ],
  [['HPE_'], 'the answer is not HTTP', 'Check that it is the HTTP port, and write https:// if the server wants TLS.'],
  [
    ['UND_ERR_HEADERS_OVERFLOW'],
    'the headers of the answer are too large',
    'Check that the address is that of the right service.',
  ],
  [
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_RES_EXCEEDED_MAX_SIZE', 'Z_'],
    'the answer is damaged',
    'If it repeats, check the proxy in front of the server.',
  ],
  [
    ['PROXY_407'],
    'the proxy wants a user and a password',
    'Write them into the address of the proxy (HTTPS_PROXY or HTTP_PROXY).',
  ],
  [['PROXY_'], 'the proxy refuses to connect', 'Allow host and port at the proxy, or name the host in NO_PROXY.'],
  [
    ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'],
    'this machine cannot open more connections',
    'Raise the limit of open files (ulimit -n).',
  ],
  [
    ['UND_ERR_INVALID_ARG', 'ERR_INVALID_ARG_VALUE', 'ERR_INVALID_CHAR', 'ERR_SOCKET_BAD_PORT', 'ERR_INVALID_URL'],
    'the address or a header cannot be used',
    'Correct the address; headers may hold printable letters only.',
  ],
]

/** Returns the cause of a failed request. It reads only the code, because messages may contain the URL. */
export function causeOf(error: unknown): Cause {
  const code = codeOf(error) ?? 'unknown'
  const row = table.find(([codes]) =>
    codes.some((known) => (known.endsWith('_') ? code.startsWith(known) : code === known)),
  )
  const [, what, todo] = row ?? [
    [],
    'the request failed',
    'If it repeats, check the address and the log of the server.',
  ]
  return { code, what, todo, isKnown: row !== undefined }
}

/** Returns the code of the innermost error that has one; the outer errors only say that something failed. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 10) return undefined
  const inner: unknown = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined)
  // undici has two messages for this: one for a tunnel, and one for a request over plain HTTP.
  const refusal = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(error.message)
  if (refusal !== null) return `PROXY_${refusal[1] ?? ''}`
  const own =
    'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code)
      ? error.code
      : undefined
  return codeOf(inner, depth + 1) ?? own
}
