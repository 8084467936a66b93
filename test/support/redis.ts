import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'

/**
 * As much of a Redis as a rate limiter needs, over a real socket: the client and the limiter are the real ones, and so
 * are a connection that is refused, breaks, or never answers. No server binary can be had as a package; what a real one
 * would do differently, this cannot show.
 */
export interface RedisStandIn {
  readonly url: string
  readonly port: number
  readonly keys: () => string[]
  /** What stands at the keys with that word. */
  readonly numbersAt: (word: string) => number[]
  /** As one that keeps nothing, and was started again. */
  forget(): void
  /** Every command that came, by name. */
  readonly seen: string[]
  /** Connections are taken, and nothing is answered. */
  freeze(frozen: boolean): void
  /** Everything it held stays, as with a Redis that persists. */
  stop(): Promise<void>
  start(): Promise<void>
}

interface Entry {
  value: number
  expires: number
}

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
const OK = '+OK\r\n'

export async function redisStandIn({ password }: { readonly password?: string } = {}): Promise<RedisStandIn> {
  const data = new Map<string, Entry>()
  const seen: string[] = []
  const sockets = new Set<Socket>()
  let frozen = false
  // The same when it starts again.
  const port = await freePort()
  let server: Server | undefined

  const live = (key: string): Entry | undefined => {
    const entry = data.get(key)
    if (entry && entry.expires > Date.now()) return entry
    data.delete(key)
    return undefined
  }

  /** What the limiter's script says: set unless it is there, add, and how long it lives on. */
  const increment = (key: string, amount: string, seconds: string): string => {
    const entry = live(key) ?? { value: 0, expires: Date.now() + Number(seconds) * 1000 }
    entry.value += Number(amount)
    data.set(key, entry)
    return `*2\r\n:${entry.value}\r\n:${entry.expires - Date.now()}\r\n`
  }

  const run = (name: string, args: string[]): string => {
    switch (name) {
      case 'EVAL': {
        const [script = '', , key = '', amount = '', seconds = ''] = args
        return script.includes("redis.call('incrby'") ? increment(key, amount, seconds) : '-ERR another script\r\n'
      }
      case 'GET': {
        const entry = live(args[0] ?? '')
        return entry ? bulk(String(entry.value)) : '_\r\n'
      }
      case 'PTTL': {
        const entry = live(args[0] ?? '')
        return `:${entry ? entry.expires - Date.now() : -2}\r\n`
      }
      case 'PING':
        return '+PONG\r\n'
      case 'SELECT':
      case 'CLIENT':
        return OK
      default:
        return `-ERR unknown command '${name}'\r\n`
    }
  }

  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let isIn = password === undefined
    let queued: string[] | undefined
    const answer = (name: string, args: string[]): string => {
      seen.push(name)
      if (name === 'HELLO') {
        const given = args[args.findIndex((arg) => arg.toUpperCase() === 'AUTH') + 2]
        if (!isIn && given !== password) return '-WRONGPASS invalid username-password pair or user is disabled.\r\n'
        isIn = true
        return `%1\r\n${bulk('proto')}:3\r\n`
      }
      if (!isIn) return '-NOAUTH Authentication required.\r\n'
      if (name === 'MULTI') {
        queued = []
        return OK
      }
      if (name === 'EXEC') {
        const replies = queued ?? []
        queued = undefined
        return `*${replies.length}\r\n${replies.join('')}`
      }
      const reply = run(name, args)
      if (!queued) return reply
      queued.push(reply)
      return '+QUEUED\r\n'
    }
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (let command = firstCommand(rest); command; command = firstCommand(rest)) {
        rest = rest.subarray(command.length)
        const [name = '', ...args] = command.words
        if (!frozen) socket.write(answer(name.toUpperCase(), args))
      }
    })
  }

  const standIn: RedisStandIn = {
    get url() {
      return `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}/0`
    },
    get port() {
      return port
    },
    keys: () => [...data.keys()],
    numbersAt: (word) => [...data].filter(([key]) => key.includes(word)).map(([, { value }]) => value),
    forget: () => data.clear(),
    seen,
    freeze: (now) => {
      frozen = now
    },
    stop: async () => {
      const closing = server
      server = undefined
      for (const socket of sockets) socket.destroy()
      if (closing) await new Promise((done) => closing.close(done))
    },
    start: async () => {
      const opening = createServer(serve)
      server = opening
      await new Promise<void>((done) => opening.listen(port, '127.0.0.1', done))
    },
  }
  await standIn.start()
  onTestFinished(() => standIn.stop())
  return standIn
}

/** `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`; undefined while it has not all come. */
function firstCommand(bytes: Buffer): { words: string[]; length: number } | undefined {
  let at = 0
  const line = (): string | undefined => {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return undefined
    const text = bytes.toString('latin1', at, end)
    at = end + 2
    return text
  }
  const count = Number(line()?.slice(1))
  const words: string[] = []
  for (let word = 0; word < count; word += 1) {
    const length = Number(line()?.slice(1) ?? Number.NaN)
    if (Number.isNaN(length) || bytes.length < at + length + 2) return undefined
    words.push(bytes.toString('utf8', at, at + length))
    at += length + 2
  }
  return words.length > 0 ? { words, length: at } : undefined
}
