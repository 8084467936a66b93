import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { Problem } from './problem.ts'

const program = fileURLToPath(import.meta.resolve('../../dist/main.js'))
const failure = z.object({ error: z.object({ title: z.string(), detail: z.string().optional(), cure: z.string() }) })

/** `npx hearthkey … --json`, in this folder and with this environment: the settings that `npm start` runs with. */
async function hearthkey<Shape extends z.ZodType>(args: readonly string[], shape: Shape): Promise<z.infer<Shape>> {
  const child = spawn(process.execPath, [program, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [answer, complaint, exit] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (exit === 0) return shape.parse(JSON.parse(answer))
  throw asProblem(`hearthkey ${args.slice(0, 2).join(' ')}`, complaint)
}

function asProblem(command: string, complaint: string): Problem {
  const last = complaint.trimEnd().split('\n').at(-1) ?? ''
  const told = failure.safeParse(jsonOrNothing(last))
  if (!told.success) return new Problem(`${command} failed.\n${complaint.trim()}`, 'Mend what it says and start again.')
  const { title, detail, cure } = told.data.error
  return new Problem(`${command}: ${title}${detail === undefined ? '' : `\n${detail}`}`, cure)
}

function jsonOrNothing(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const created = z.object({ clientId: z.string(), clientSecret: z.string() })
export type ClientCredentials = z.infer<typeof created>

interface NewClient {
  readonly name: string
  readonly home: string
  readonly callbacks: readonly string[]
  readonly afterSignOut: readonly string[]
}

/** First party: this application is the operator's own, so nobody is asked whether it may know who they are. */
export const createClient = ({ name, home, callbacks, afterSignOut }: NewClient): Promise<ClientCredentials> =>
  hearthkey(
    [
      ...['client', 'create', '--name', name, '--uri', home, '--first-party'],
      ...callbacks.flatMap((uri) => ['--redirect-uri', uri]),
      ...afterSignOut.flatMap((uri) => ['--post-logout-redirect-uri', uri]),
    ],
    created,
  )

const printed = z.object({ settings: z.array(z.object({ key: z.string(), value: z.unknown() })) })

/** The address of the Hearthkey that runs here, once it answers. */
export async function runningIssuer(): Promise<string> {
  const { settings } = await hearthkey(['config', 'print'], printed)
  const issuer = z.url().parse(settings.find(({ key }) => key === 'server.issuerUrl')?.value)
  const answer = await fetch(new URL('/.well-known/openid-configuration', issuer)).catch((error: unknown) => error)
  if (answer instanceof Response && answer.ok) return issuer
  throw new Problem(
    `Hearthkey does not answer at ${issuer}.`,
    'Start it with npm start, leave it running, and start the demo in another terminal.',
    answer,
  )
}
