import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export type Answer = readonly (readonly string[])[] | 'no-such-name' | 'failure' | 'silence'

/** A name server on loopback that answers TXT questions over UDP (RFC 1035 §4), or does not. */
export async function dnsServer(answers: ReadonlyMap<string, Answer>): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const reply = answerTo(query, answers)
    if (reply) socket.send(reply, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(async () => {
    socket.close()
    await once(socket, 'close')
  })
  return `127.0.0.1:${socket.address().port}`
}

function answerTo(query: Buffer, answers: ReadonlyMap<string, Answer>): Buffer | undefined {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const question = query.subarray(12, at + 5)
  const answer = answers.get(labels.join('.').toLowerCase()) ?? 'no-such-name'
  if (answer === 'silence') return undefined
  const records = typeof answer === 'string' ? [] : answer
  const code = answer === 'no-such-name' ? 3 : answer === 'failure' ? 2 : 0
  const header = Buffer.from([0, 0, 0x81, 0x80 | code, 0, 1, 0, records.length, 0, 0, 0, 0])
  query.copy(header, 0, 0, 2)
  return Buffer.concat([header, question, ...records.map(record)])
}

function record(pieces: readonly string[]): Buffer {
  const data = Buffer.concat(pieces.map((piece) => Buffer.concat([Buffer.from([piece.length]), Buffer.from(piece)])))
  const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0])
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}
