// What the gate says, and what of it is believed.

import { get } from './api'
import type { Access, Gateway, Offer } from './api'
import { now } from './clock'
import { follow } from './follow'
import { moment } from './format'
import { dropPass } from './pass'
import { forgetSignIn, readMine } from './signing'
import { alert, draw, state } from './state'
import { clearConnect } from './views/connect'

/** Longer than the gate remembers an answer about a wallet. */
const NEWER_MS = 2_000

let unfollow = () => {}
let knowsGate = () => {}

/** What to do once the gate has said for the first time who it is. */
export function onGate(action: () => void) {
  knowsGate = action
}

export function heard(gateway: Gateway) {
  const first = state.gateway === undefined
  state.gateway = gateway
  state.linked = true
  state.heardAt = now()
  state.downSince = gateway.ready ? undefined : (state.downSince ?? state.heardAt)
  draw()
  if (first) knowsGate()
}

export async function readOffers() {
  state.offers = await get<Offer[]>('/api/offers')
  draw()
}

/** Follows the gate, for the wallet that is here now. */
export function listen() {
  unfollow()
  const wallet = state.wallet?.address
  unfollow = follow(wallet, {
    gateway: heard,
    offers: (offers) => {
      state.offers = offers
      draw()
    },
    access: (access) => {
      if (isMine(access)) hear(access)
    },
    sessions: (sessions) => {
      state.sessions = sessions
      if (state.me) state.me = { ...state.me, sessions }
      draw()
    },
    signedOut: () => {
      // What signed this page in may have been revoked: it is what is shown.
      dropPass()
      clearConnect()
      state.me = undefined
      forgetSignIn(wallet)
      draw()
    },
    answering: (answering) => {
      state.linked = answering
      draw()
    },
    signedIn: () => state.me !== undefined,
  })
}

function isMine(access: Access): boolean {
  return access.wallet.toLowerCase() === state.wallet?.address.toLowerCase()
}

/** A stream begins with what the gate read up to a second ago, which may be older than what is known here. */
function hear(access: Access) {
  const known = state.access
  const less = known !== undefined && access.paidUntil < known.paidUntil
  if (!known || access.readAt > known.readAt || (access.readAt === known.readAt && !less)) {
    believe(access)
    return
  }
  // Then an answer that is newer for certain decides.
  setTimeout(() => {
    void get<Access>(`/api/access?wallet=${access.wallet}`).then(
      (newer) => {
        // Unless an event was quicker.
        if (isMine(newer) && newer.readAt >= (state.access?.readAt ?? 0)) believe(newer)
      },
      () => {},
    )
  }, NEWER_MS)
}

function believe(access: Access) {
  const before = state.access?.paidUntil ?? 0
  const changed = before !== access.paidUntil
  if (access.paidUntil < before && before > now()) {
    const left = access.paidUntil > now() ? `It now ends at ${moment(access.paidUntil)}.` : ''
    alert(
      `Time was taken back: the network replaced the block with your payment, or the seller refunded it. ${left}`.trim(),
    )
  }
  if (access.credentialsFrom > (state.access?.credentialsFrom ?? access.credentialsFrom)) {
    // What was made here until now was revoked, on this page or elsewhere.
    dropPass()
    clearConnect()
  }
  state.access = access
  if (changed && state.me) void readMine()
  draw()
}
