export interface Instruction {
  readonly word: string
  readonly rest: string
}

/** The instructions of a Dockerfile, joined over continued lines, comments left out. */
export const instructionsOf = (source: string): Instruction[] =>
  source
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
      return { word, rest }
    })

/** The stages by their place; the last one is what is shipped. */
export function stagesOf(instructions: readonly Instruction[]): Instruction[][] {
  const starts = instructions.flatMap(({ word }, index) => (word === 'FROM' ? [index] : []))
  return starts.map((start, stage) => instructions.slice(start, starts[stage + 1]))
}
