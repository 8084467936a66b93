import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { strangersNames } from '../../src/http/outgoing/strangers-names.ts'
import { scratchDirectory } from '../support/scratch.ts'

type Answer = (question: Buffer) => Buffer | undefined

/** Somebody's name server. */
async function nameServer(answer: Answer): Promise<string> {
  const socket: Socket = createSocket('udp4')
  socket.on('message', (question, { port, address }) => {
    const said = answer(question)
    if (said) socket.send(said, port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return `127.0.0.1:${socket.address().port}`
}

/** RFC 1035 4.1: the question again, with one address where it asked for such a one. */
const answering =
  (address: readonly number[]): Answer =>
  (question) => {
    const end = question.indexOf(0, 12) + 5
    const isA = question.readUInt16BE(end - 4) === 1
    const head = Buffer.from([...question.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0])
    const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address])
    return Buffer.concat([head, question.subarray(12, end), ...(isA ? [record] : [])])
  }

it("a stranger's name is what their name server says", async () => {
  const resolve = strangersNames({ servers: [await nameServer(answering([192, 0, 2, 7]))] })
  expect(await resolve('hooks.example')).toEqual([{ address: '192.0.2.7', family: 4 }])
})

it('what the host itself calls by a name goes before it', async () => {
  const hostsFile = join(scratchDirectory('names'), 'hosts')
  await writeFile(
    hostsFile,
    '# ours\n10.20.0.5 Hooks.example other.example # the bookkeeping\nfd00::5\thooks.example\n',
  )
  const resolve = strangersNames({ hostsFile, servers: [await nameServer(answering([192, 0, 2, 7]))] })
  expect(await resolve('hooks.Example')).toEqual([
    { address: '10.20.0.5', family: 4 },
    { address: 'fd00::5', family: 6 },
  ])
  expect(await resolve('the')).toEqual([{ address: '192.0.2.7', family: 4 }])
})

it('names whose server is silent end by themselves, and keep the system from looking up no other', async () => {
  const resolve = strangersNames({ servers: [await nameServer(() => undefined)] })
  const hanging = Array.from({ length: 20 }, (_, n) => resolve(`hooks-${n}.example`).catch((error: unknown) => error))
  expect(await Promise.race([lookup('localhost'), ...hanging])).toHaveProperty('address')
  for (const error of await Promise.all(hanging)) expect(error).toMatchObject({ code: 'ETIMEOUT' })
})
