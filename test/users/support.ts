import type { ActorContext } from '../../src/audit/actor.ts'
import type { People } from '../../src/instance/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { type Insight, insightInto } from '../support/insight.ts'

export interface PeopleWorld extends TestApp, Insight, Omit<People, 'close'> {
  readonly by: ActorContext
}

export const by: ActorContext = { actor: { kind: 'operator', id: 'test' }, ip: '192.0.2.7' }
export const password = 'correct horse battery'
export const ada = { email: 'Ada.Lovelace@Example.com', name: 'Ada Lovelace' }

export async function peopleWorld(
  env: Record<string, string> = {},
  more: { hashesForReal?: boolean } = {},
): Promise<PeopleWorld> {
  const app = await createTestApp({ env, ...more })
  return { ...app, ...app.people, by, ...insightInto(app) }
}
