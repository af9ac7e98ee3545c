// Who is signed in on this page, as far as it knows.

import { Problem } from './api'
import { now } from './clock'
import { store } from './kept'
import { history, me, signIn, signOut } from './pass'
import { draw, state } from './state'

const SIGNED_IN = 'hourgate.signed-in'

/** The cookie's day, and some minutes less. */
const COOKIE_SECONDS = 23.9 * 3600

/** Whose cookie there probably is: asking without one would leave a complaint on the console. */
export function signedIn(): string | undefined {
  let hint: string | null = null
  store((storage) => (hint = storage.getItem(SIGNED_IN)))
  const [address, until] = String(hint).split(' ')
  return Number(until) > now() ? address : undefined
}

/** Whether it was this wallet that had signed in. */
export function forgetSignIn(address: string | undefined): boolean {
  if (address === undefined || signedIn() !== address) return false
  store((storage) => storage.removeItem(SIGNED_IN))
  return true
}

/** Signs in, or once more if `anew`; `opened` is told when there is a cookie for the first time. */
export async function openSession(opened: () => void, anew = false) {
  const { wallet, me: before } = state
  if (!wallet || (before && !anew)) return
  await signIn(wallet, state.access?.credentialsFrom ?? 0)
  if (state.wallet?.address !== wallet.address) {
    // The cookie is that of a wallet which left while it signed.
    signOut()
    return
  }
  store((storage) => storage.setItem(SIGNED_IN, `${wallet.address} ${Math.floor(now()) + COOKIE_SECONDS}`))
  if (before) return
  await readMine()
  opened()
}

/** The newest look at what is one's own: an older one may be answered later, and counts no more. */
let newest = 0

export async function readMine() {
  const before = state.sessions
  const look = ++newest
  try {
    // While the chain is out of reach the payments can not be read; all else can.
    const [mine, payments] = await Promise.all([me(), history().catch(() => undefined)])
    if (look !== newest || mine.wallet.toLowerCase() !== state.wallet?.address.toLowerCase()) return
    // The payments may have taken seconds: what an event has said meanwhile is newer.
    state.me = state.sessions && state.sessions !== before ? { ...mine, sessions: state.sessions } : mine
    state.history = payments
  } catch (error) {
    // Whoever the gate has no time for just now is still signed in.
    if (look !== newest || (error instanceof Problem && error.status !== 401)) return
    state.me = undefined
    forgetSignIn(state.wallet?.address)
  }
  draw()
}
