import { expect, it } from 'vitest'
import { statementsIn } from '../../bench/inside/messages.ts'

const message = (letter: string, text: string) => {
  const head = Buffer.alloc(5)
  head.write(letter)
  head.writeUInt32BE(4 + text.length, 1)
  return Buffer.concat([head, Buffer.from(text)])
}

it('of what is written to PostgreSQL only that counts which asks for something, whatever letters the texts hold', () => {
  const extended = [message('P', 'EEQ'), message('B', 'E'), message('E', '\0'), message('S', '')]
  expect(statementsIn(Buffer.concat(extended))).toBe(1)
  expect(statementsIn(Buffer.concat([...extended, message('Q', 'BEGIN'), ...extended]))).toBe(3)
  expect(statementsIn(message('S', ''))).toBe(0)
})

it('the message that opens a connection has no letter and is no statement', () => {
  expect(statementsIn(Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 81]))).toBe(0)
})
