import { Client } from 'pg'
import { onTestFinished, vi } from 'vitest'

/** What was asked of the database while `work` ran: the text of every statement, in its order, without its values. */
export async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = []
  const spy = vi.spyOn(Client.prototype, 'query')
  onTestFinished(() => spy.mockRestore())
  await work()
  for (const [first] of spy.mock.calls) texts.push(textOf(first))
  spy.mockRestore()
  return texts
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : ''
}
