import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'

const portOf = (server: Server) => {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}

async function listening(port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer().listen(port, host)
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return server
}

it('a port that was asked for goes to whoever names it, and to nobody who asks for any', async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, freePort))
  expect(new Set(ports).size).toBe(ports.length)
  const others = await Promise.all(Array.from({ length: 500 }, () => listening(0)))
  expect(ports.filter((port) => others.some((other) => portOf(other) === port))).toEqual([])
  const [one = 0, other = 0] = ports
  expect(portOf(await listening(one))).toBe(one)
  expect(portOf(await listening(other, '0.0.0.0'))).toBe(other)
})
