import { createInterface } from 'node:readline/promises'
import { AppError } from '../errors/app-error.ts'

interface Terminal {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WritableStream
}

/** A script must say `--yes` itself: a question that nobody can answer is a refusal, never a consent. */
export async function confirm(question: string, { input, output }: Terminal): Promise<void> {
  if (!input.isTTY) {
    throw new AppError('usage-error', {
      detail: `This needs a yes: ${question}`,
      cure: 'Add --yes to confirm without a terminal.',
    })
  }
  const terminal = createInterface({ input, output })
  try {
    const answer = await terminal.question(`${question} Type "yes" to go on: `)
    if (answer.trim() !== 'yes')
      throw new AppError('usage-error', {
        detail: 'Not confirmed; nothing was changed.',
        cure: 'Answer "yes" to go on.',
      })
  } finally {
    terminal.close()
  }
}
