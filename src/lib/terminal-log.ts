import { styleText } from 'node:util'
import type { DestinationStream } from 'pino'
import { z } from 'zod'

const entry = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().default('') })
const failure = z.looseObject({ stack: z.string() })

const colours = { warn: 'yellow', error: 'red', fatal: 'red' } as const
const colourOf = (level: string) => (level in colours ? colours[level as keyof typeof colours] : 'gray')

/** One line a person can read, where the log goes to a terminal; programs get JSON. */
export const terminalLog = (terminal: { write(text: string): unknown }): DestinationStream => ({
  write: (line) => void terminal.write(`${readable(line)}\n`),
})

export function readable(line: string): string {
  const { level, time, msg, err, ...facts } = entry.parse(JSON.parse(line))
  const head = `${styleText('gray', time.slice(11, 19))} ${styleText(colourOf(level), level.padEnd(5))} ${msg}`
  const tail = Object.entries(facts).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const stack = failure.safeParse(err)
  return (
    [head, ...(tail.length > 0 ? [styleText('gray', tail.join(' '))] : [])].join('  ') +
    (stack.success ? `\n${stack.data.stack}` : '')
  )
}
