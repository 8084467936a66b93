interface Place {
  readonly begin: () => void
  readonly address: string
}

/** Places that an address may hold however full it is: a small line would be closed to an office otherwise. */
const AT_LEAST = 8

/**
 * In the order in which they came. One address, counted as the limits count it, may hold as many places as are free, so
 * half of them at most, and less the more others wait: whoever opens a thousand connections leaves room. An office
 * behind one address is served as well; those of it that come past that hear at once that they should come again.
 */
export class Line {
  readonly #room: number
  readonly #places = new Set<Place>()
  readonly #held = new Map<string, number>()

  constructor(room: number) {
    this.#room = room
  }

  get length(): number {
    return this.#places.size
  }

  isFullFor(address: string): boolean {
    const free = this.#room - this.#places.size
    return free <= 0 || (this.#held.get(address) ?? 0) >= Math.max(AT_LEAST, free)
  }

  /** Answers how to leave it. */
  join(address: string, begin: () => void): () => void {
    const place = { address, begin }
    this.#places.add(place)
    this.#held.set(address, (this.#held.get(address) ?? 0) + 1)
    return () => this.#leave(place)
  }

  callFirst(): void {
    const [first] = this.#places
    if (first === undefined) return
    this.#leave(first)
    first.begin()
  }

  #leave(place: Place): void {
    if (!this.#places.delete(place)) return
    const left = (this.#held.get(place.address) ?? 0) - 1
    if (left > 0) this.#held.set(place.address, left)
    else this.#held.delete(place.address)
  }
}
