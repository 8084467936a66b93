export interface Import {
  readonly specifier: string
  /** `import type`, which is gone at run time. */
  readonly typeOnly: boolean
  /** What is taken by name; empty for a namespace, a side effect or a dynamic import. */
  readonly names: readonly string[]
}

const fromClause = /^[ \t]*(?:import|export)[ \t]+(type[ \t]+)?([^'";]*?)\s*from\s*(['"])([^'"]+)\3/gm
const sideEffect = /^[ \t]*import[ \t]*(['"])([^'"]+)\1/gm
const call = /\b(?:import|require)\(\s*(['"`])([^'"`]+)\1/g

/** Block comments only where a line opens one: a `/*` further on may stand in a string. */
const withoutComments = (source: string) =>
  source.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/^[ \t]*\/\/.*$/gm, '')

const namesIn = (clause: string): string[] =>
  (/\{([^}]*)\}/.exec(clause)?.[1] ?? '')
    .split(',')
    .map((name) => name.trim().split(/\s+/))
    .filter((words) => words[0] !== '')
    .map((words) => (words[0] === 'type' && words.length > 1 ? words[1] : words[0]) ?? '')

const everyNameIsType = (clause: string) => {
  const braces = /^\{([^}]*)\}$/.exec(clause.trim())?.[1]
  const names =
    braces
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '') ?? []
  return names.length > 0 && names.every((name) => name.startsWith('type '))
}

/** Reads formatted ESM; TypeScript 7 has no parser to call yet, and the formatter leaves one shape for each form. */
export function importsOf(source: string): Import[] {
  const text = withoutComments(source)
  return [
    ...text.matchAll(fromClause).map(([, type, clause = '', , specifier = '']) => ({
      specifier,
      typeOnly: type !== undefined || everyNameIsType(clause),
      names: namesIn(clause),
    })),
    ...[...text.matchAll(sideEffect), ...text.matchAll(call)].map(([, , specifier = '']) => ({
      specifier,
      typeOnly: false,
      names: [],
    })),
  ]
}
