import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WhenOver, withTheTest } from '../../support/when-over.ts'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

type Answer = (response: ServerResponse, received: Received, count: number) => void

/** Somebody's back end, on loopback, that is told of events. */
export async function receiver(answer: Answer = (it) => it.end('thanks'), whenOver: WhenOver = withTheTest) {
  const received: Received[] = []
  let now = answer
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(one)
      now(response, one, received.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  whenOver(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const ids = () => received.map(({ headers }) => String(headers['webhook-id']))
  const answersWith = (next: Answer) => {
    now = next
  }
  return { answersWith, url: `http://127.0.0.1:${port}/in`, port, received, ids }
}
