import { z } from 'zod'
import { hearthkey } from './command.ts'
import type { Home } from './home.ts'
import type { Program } from './programs.ts'
import type { Application } from './visitor.ts'

export const audience = 'https://invoices.bench.example'
const created = z.object({ clientId: z.string(), clientSecret: z.string() })

/** A back end with pages, and the API that its tokens may be for: it may ask what they are worth. */
export async function createWebApplication(home: Home): Promise<Application & Program> {
  await hearthkey(home, ['api', 'create', '--audience', audience, '--name', 'Bench', '--scope', 'records:read'])
  const redirectUri = 'http://127.0.0.1:9/callback'
  const options = ['--type', 'web', '--first-party', '--redirect-uri', redirectUri, '--api', audience]
  return { ...created.parse(await hearthkey(home, ['client', 'create', '--name', 'Bench', ...options])), redirectUri }
}
