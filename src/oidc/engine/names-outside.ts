import type { EngineContext, Provider } from 'oidc-provider'
import type { Subjects } from '../subjects.ts'
import { recordOf } from './engine-clients.ts'

/** The engine asks for the name of a person wherever one leaves it; of the name of a session it knows one alone. */
export function sidsBySector({ IdToken }: Provider, subjects: Pick<Subjects, 'sidFor'>): void {
  const payload = IdToken.prototype.payload
  IdToken.prototype.payload = async function bySector() {
    const claims = await payload.call(this)
    const { sid } = claims
    return typeof sid === 'string' ? { ...claims, sid: subjects.sidFor(recordOf(this.client), sid) } : claims
  }
}

export const pairwiseIdentifier =
  (subjects: Pick<Subjects, 'subjectFor'>) =>
  async (_: EngineContext, accountId: string, client: Parameters<typeof recordOf>[0]): Promise<string> =>
    subjects.subjectFor(recordOf(client), accountId)
