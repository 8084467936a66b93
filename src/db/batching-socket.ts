import { Socket } from 'node:net'

/**
 * What is written in one turn of the loop goes out in one piece. The driver writes each statement by itself, and each write
 * wakes the database: that was a third of what a sign-in took of this process.
 */
export function batchingSocket(): Socket {
  const socket = new Socket()
  const { write } = socket
  let isHeld = false
  const release = () => {
    isHeld = false
    socket.uncork()
  }
  return Object.assign(socket, {
    write: (...args: unknown[]): boolean => {
      if (!isHeld) {
        isHeld = true
        socket.cork()
        process.nextTick(release)
      }
      return Reflect.apply(write, socket, args)
    },
  })
}
