// What the gate says, as it changes: by its events; and where these do not get through, because every stream is taken or
// a proxy keeps them back, by asking again and again.

import { Problem, get } from './api'
import type { Access, Gateway, Me, Offer, Session } from './api'

interface Listeners {
  gateway?: (gateway: Gateway) => void
  offers?: (offers: Offer[]) => void
  access?: (access: Access) => void
  sessions?: (sessions: Session[]) => void
  signedOut?: () => void
  /** Whether the gate answers at all. */
  answering?: (answering: boolean) => void
  /** Whether there is a cookie to ask about sessions with. */
  signedIn?: () => boolean
}

/** Each stream begins with an event, and after its hour the browser opens the next within seconds. */
const PATIENCE_MS = 6_000

/** Besides the events: keeps "checked at" fresh, and notices a connection that died in silence. */
const CHECK_MS = 60_000

const ASK_MS = 10_000
const RETRY_MS = 5_000
const ASKS_BEFORE_NEXT_STREAM = 6

/** Whether events are worth waiting for, as far as this page has seen. */
let eventsCome = true

/** Follows the gate until the returned function is called; comes back by itself after every fault. */
export function follow(wallet: string | undefined, listeners: Listeners): () => void {
  const stop = new AbortController()
  void followUntil(wallet, listeners, stop.signal)
  return () => stop.abort()
}

async function followUntil(wallet: string | undefined, listeners: Listeners, stop: AbortSignal) {
  while (!stop.aborted) {
    if (eventsCome) await stream(wallet, listeners, stop)
    await askAgainAndAgain(wallet, listeners, stop)
    eventsCome = true
  }
}

/** Takes events until none come. */
function stream(wallet: string | undefined, listeners: Listeners, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(wallet === undefined ? '/api/events' : `/api/events?wallet=${wallet}`)
    let patience: ReturnType<typeof setTimeout> | undefined
    const check = () => {
      void answers(wallet, listeners, stop).then((well) => {
        if (!well) end()
      })
    }
    const checking = setInterval(check, CHECK_MS)
    // A device that slept may have a connection that is none.
    const seen = () => {
      if (!document.hidden) check()
    }
    document.addEventListener('visibilitychange', seen)
    const end = () => {
      clearTimeout(patience)
      clearInterval(checking)
      document.removeEventListener('visibilitychange', seen)
      // Events that a proxy kept back for long shall not be taken for news.
      source.close()
      eventsCome = stop.aborted
      resolve()
    }
    const wait = () => {
      patience ??= setTimeout(end, PATIENCE_MS)
    }
    stop.addEventListener('abort', end)
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) end()
      else wait()
    })
    for (const name of ['gateway', 'offers', 'access', 'sessions', 'signedOut'] as const) {
      source.addEventListener(name, (event) => {
        clearTimeout(patience)
        patience = undefined
        listeners.answering?.(true)
        listeners[name]?.(JSON.parse((event as MessageEvent<string>).data))
      })
    }
    wait()
  })
}

/** Asks for what the events would have told, until it is time to try them again. */
async function askAgainAndAgain(wallet: string | undefined, listeners: Listeners, stop: AbortSignal) {
  let failed = false
  for (let i = 0; i < ASKS_BEFORE_NEXT_STREAM && !stop.aborted; i++) {
    const well = await answers(wallet, listeners, stop)
    // The gate is back: with its events, perhaps.
    if (well && failed) return
    failed = !well
    await new Promise((resolve) => setTimeout(resolve, well ? ASK_MS : RETRY_MS))
  }
}

/** Asks for everything once. Whether the gate answers is told by what it answers from memory. */
async function answers(wallet: string | undefined, listeners: Listeners, stop: AbortSignal): Promise<boolean> {
  const { gateway, offers, access, sessions, signedOut, answering } = listeners
  const tell = <T>(path: string, listener: (value: T) => void): Promise<void> =>
    get<T>(path).then((value) => {
      if (!stop.aborted) listener(value)
    })
  try {
    await tell<Gateway>('/api/gateway', (now) => {
      answering?.(true)
      gateway?.(now)
    })
  } catch {
    if (!stop.aborted) answering?.(false)
    return false
  }
  // What it can not or will not answer now is asked again at the next round.
  const unanswered = () => {}
  if (offers) void tell('/api/offers', offers).catch(unanswered)
  if (access && wallet !== undefined) void tell(`/api/access?wallet=${wallet}`, access).catch(unanswered)
  if (sessions && listeners.signedIn?.()) {
    // In another tab another wallet may have signed in.
    void tell<Me>('/api/me', (me) => (me.wallet === wallet ? sessions(me.sessions) : signedOut?.())).catch((error) => {
      if (error instanceof Problem && error.status === 401 && !stop.aborted) signedOut?.()
    })
  }
  return true
}
