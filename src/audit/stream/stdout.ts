import { inPieces } from './pieces.ts'
import type { Mark, StreamTarget } from './target.ts'

interface Output {
  write(text: string, done: (error?: Error | null) => void): unknown
}

/** Beside the lines of the server's own log, which have no `type`. Whoever reads it is as near as the process itself. */
export function stdoutTarget(output: Output): StreamTarget {
  let written: Mark | undefined
  return {
    name: 'stdout',
    write: async (lines, mark) => {
      for (const piece of inPieces(lines))
        await new Promise<void>((resolve, reject) => {
          output.write(piece, (error) => (error ? reject(error) : resolve()))
        })
      written = mark
    },
    settle: async () => written,
    reset: () => {
      written = undefined
    },
    close: async () => {},
  }
}
