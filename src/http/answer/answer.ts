import type { ServerResponse } from 'node:http'

/** A finished answer, before it is either a `Response` or bytes on a socket. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export const toResponse = ({ body, status, headers }: Answer): Response => new Response(body, { status, headers })

export function writeAnswer(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, body === null ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) })
  outgoing.end(body ?? undefined)
}
