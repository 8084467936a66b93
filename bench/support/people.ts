import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { z } from 'zod'
import { parameters } from '../machine/verifies.ts'
import { hearthkey } from './command.ts'
import type { Home } from './home.ts'
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

/** With passwords that the server would have hashed itself: of the same parameters, so it leaves them as they are. */
export async function createPeople(home: Home, count: number): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, index) => ({
    email: `person-${index}@bench.example`,
    password: `a long enough sentence number ${index}`,
  }))
  const lines: string[] = []
  for (const { email, password } of people)
    lines.push(
      JSON.stringify({ email, name: 'Somebody', passwordHash: await hash(password, parameters), emailVerified: true }),
    )
  const file = join(home.folder, 'people.ndjson')
  writeFileSync(file, lines.join('\n'))
  await hearthkey(home, ['user', 'import', file])
  return people
}
