// The gate's time: what counts is the server's clock, not the visitor's, which may be wrong by hours.

let offset = 0
let roundTrip = Infinity

/** Learns from the Date header of an answer; of several the quickest is the most exact. */
export function learnTime(date: string | null, sent: number, received: number) {
  const server = date === null ? NaN : Date.parse(date)
  const took = received - sent
  if (Number.isNaN(server) || took > roundTrip) return
  roundTrip = took
  // The header has whole seconds: on average half a second has passed since.
  offset = server + 500 - (sent + received) / 2
}

/** Now in unix seconds, with fractions. */
export function now(): number {
  return (Date.now() + offset) / 1000
}
