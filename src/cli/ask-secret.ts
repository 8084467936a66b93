import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '../errors/app-error.ts'
import { readInput } from './input.ts'

interface Terminal {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WritableStream
}

/** Asks without showing what is typed; without a terminal it is all of standard input, but the end of its last line. */
export async function askSecret(question: string, { input, output }: Terminal): Promise<string> {
  if (!input.isTTY) return (await readInput(input)).replace(/\r?\n$/, '')
  output.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input, output: nowhere, terminal: true })
  try {
    return await terminal.question('')
  } catch (error) {
    // Ctrl-C, which the terminal gives to whoever asks.
    throw new AppError('interrupted', { cause: error })
  } finally {
    terminal.close()
    output.write('\n')
  }
}

/** A slip of the finger would be found when it is needed, and then what it locks is lost. */
export async function askNewSecret(question: string, terminal: Terminal): Promise<string> {
  const first = await askSecret(question, terminal)
  if (terminal.input.isTTY && first !== (await askSecret('The same once more: ', terminal)))
    throw new AppError('usage-error', {
      detail: 'What was typed the second time is not the same; nothing was made.',
      cure: 'Begin again.',
    })
  return first
}
