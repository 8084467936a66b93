/**
 * A B A B …: a shared machine that slows down slows all contenders, and a ratio inside one round survives it. Answers
 * each contender's figures in the order of the rounds, so that figures of one round stand at one index.
 */
export async function interleave<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[]
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of names) figures[name].push(await contenders[name]())
  }
  return figures
}
