import { z } from 'zod'
import { cli } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type WhenOver, withTheTest } from '../support/when-over.ts'
import { type Credentials, createPerson, type Person } from './person.ts'

export const administrator = {
  name: 'Ada Lovelace',
  email: 'ada@example.test',
  password: 'an engine weaves algebra',
} as const satisfies Credentials & { name: string }

const createdClient = z.object({ clientId: z.string(), clientSecret: z.string().optional() })
type CreatedClient = z.infer<typeof createdClient>

/** The built program with its first administrator, made through the link in the log as a newcomer does it. */
export interface House {
  readonly issuer: string
  readonly server: RunningServer
  /** A new browser for each. */
  person(): Person
  createClient(...options: string[]): Promise<CreatedClient>
  /** A command beside the running server, and what it answers as JSON. */
  command(...args: string[]): Promise<unknown>
}

export async function openHouse(env: NodeJS.ProcessEnv = {}, whenOver: WhenOver = withTheTest): Promise<House> {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const settings = { PORT: String(port), ISSUER_URL: issuer, ...env }
  const server = await startServer(settings, undefined, whenOver)
  await setUp(issuer, server)
  const command: House['command'] = async (...args) => {
    const { exit, stdout, stderr } = await cli([...args, '--json'], { env: settings, cwd: server.home })
    if (exit !== 0) throw new Error(`${args.join(' ')} ended with ${exit}: ${stderr}`)
    return JSON.parse(stdout)
  }
  return {
    issuer,
    server,
    person: () => createPerson(issuer),
    createClient: async (...options) => createdClient.parse(await command('client', 'create', ...options)),
    command,
  }
}

/** Printed once the server is ready. */
export const setUpLink = ({ output }: Pick<RunningServer, 'output'>): Promise<URL> =>
  eventually(() => {
    const [link] = /https?:\/\/[^\s"\\]+\/setup\?token=[\w-]+/.exec(output()) ?? []
    return link === undefined ? undefined : new URL(link)
  })

async function setUp(issuer: string, server: RunningServer): Promise<void> {
  const person = createPerson(issuer)
  const { name, email, password } = administrator
  const done = await person.send(await person.visit(await setUpLink(server)), 'setup', { name, email, password })
  if (done.kind !== 'page' || done.status !== 200) throw new Error('the set-up link made no administrator')
}
