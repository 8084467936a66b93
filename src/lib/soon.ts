/** Mostly there already. `await` would cost a turn all the same, and on an answer of 25 µs that is felt. */
export type Soon<T> = T | Promise<T>

export const whenThere = <T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> =>
  value instanceof Promise ? value.then(next) : next(value)
