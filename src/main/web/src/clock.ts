// The gate's time: what counts is the server's clock, not the visitor's, which may be wrong by hours.

let offset = 0
let roundTrip = Infinity

/** A difference that no slow answer explains: the visitor's clock was set. */
const JUMP_MS = 2_000

/** Learns from the Date header of an answer; of several the quickest is the most exact. */
export function learnTime(date: string | null, sent: number, received: number) {
  const server = date === null ? NaN : Date.parse(date)
  const took = received - sent
  if (Number.isNaN(server)) return
  // The header has whole seconds: on average half a second has passed since.
  const estimate = server + 500 - (sent + received) / 2
  const jumped = Math.abs(estimate - offset) > JUMP_MS + took
  if (took > roundTrip && !jumped) return
  roundTrip = took
  offset = estimate
}

/** Now in unix seconds, with fractions. */
export function now(): number {
  return (Date.now() + offset) / 1000
}
