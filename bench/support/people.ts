import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import { hearthkey } from './command.ts'
import type { Home } from './home.ts'
import { program } from './server.ts'
import type { Application } from './visitor.ts'

export interface Person {
  readonly email: string
  readonly password: string
}

const created = z.object({ clientId: z.string() })

export async function createApplication(home: Home): Promise<Application> {
  const redirectUri = 'http://127.0.0.1:9/callback'
  const application = [
    'client',
    'create',
    '--name',
    'Bench',
    '--public',
    '--first-party',
    '--redirect-uri',
    redirectUri,
  ]
  const { clientId } = created.parse(await hearthkey(home, application))
  return { clientId, redirectUri }
}

export async function createPeople(home: Home, count: number): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, index) => ({
    email: `person-${index}@bench.example`,
    password: `a long enough sentence number ${index}`,
  }))
  for (const { email, password } of people) {
    const child = spawn(
      process.execPath,
      [program, 'user', 'create', '--email', email, '--name', 'Somebody', '--password-stdin'],
      {
        cwd: home.folder,
        env: { PATH: process.env['PATH'], NODE_ENV: 'production', DATA_DIR: home.dataDir, KEYS_DIR: home.keysDir },
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    )
    child.stdin.end(password)
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`user create ended with ${code}`)
  }
  return people
}
