import type { Bench, Figure } from '../support/figures.ts'
import { interleave } from '../support/interleave.ts'
import { measureAnswers, startBareServer } from './answers.ts'
import { signsByJose, signsByNode } from './signs.ts'
import { argon2idVerifies } from './verifies.ts'

const ROUNDS = 5

export const machine: Bench = {
  promise: 'What this machine can do at most, for each second of CPU',
  async run(): Promise<Figure[]> {
    await using bare = await startBareServer('{"status":"ok"}')
    const answers = async () => (await measureAnswers(bare.url, () => [bare.pid])).answersPerCpuSecond
    await answers()
    const limits = {
      'RSA-2048 signs, jose': signsByJose,
      'RSA-2048 signs, node:crypto': signsByNode,
      'Argon2id verifies (19 MiB, t=2, p=1)': argon2idVerifies,
      'bare node:http answers': answers,
    }
    const measured = await interleave(ROUNDS, limits)
    return Object.entries(measured).map(([name, samples]) => ({ name, unit: '/CPU s', samples }))
  },
}
