// What the page knows. Views draw from it; actions change it and call draw().

import type { Access, Gateway, Me, Offer, Purchase, Session } from './api'
import { Problem } from './api'
import { now } from './clock'
import { byId, setText } from './dom'
import { Refusal } from './refusal'
import type { Step } from './payment'
import type { Wallet } from './wallet'
import { WalletError, walletWords } from './wallet'

export const state: {
  gateway?: Gateway
  /** Whether the gate's events reach us, and when we last heard of it: at first by the page itself. */
  linked: boolean
  heardAt: number
  /** Since when it is down, as far as this page has seen. */
  downSince?: number | undefined
  offers?: Offer[]
  wallet?: Wallet | undefined
  chainId?: number | undefined
  fee?: bigint | undefined
  access?: Access | undefined
  step?: Step | undefined
  me?: Me | undefined
  /** What the last event said of the wallet's sessions. */
  sessions?: Session[] | undefined
  history?: Purchase[] | undefined
} = { linked: true, heardAt: now() }

const views: (() => void)[] = []
let scheduled = false

export function view(draw: () => void) {
  views.push(draw)
}

export function draw() {
  if (scheduled) return
  scheduled = true
  queueMicrotask(() => {
    scheduled = false
    for (const one of views) one()
  })
}

export function owns(): boolean {
  return state.wallet !== undefined && state.wallet.address.toLowerCase() === state.gateway?.owner?.toLowerCase()
}

/** Whether a payment is on its way, or being made. */
export function isPaying(): boolean {
  return state.step !== undefined && !isOver(state.step)
}

export function isOver({ at }: Step): boolean {
  return at === 'done' || at === 'cancelled' || at === 'reverted'
}

export function wrongChain(): boolean {
  return state.chainId !== undefined && state.gateway !== undefined && state.chainId !== state.gateway.chainId
}

/** Seconds left as the gate believes; undefined while it has not said. */
export function secondsLeft(): number | undefined {
  return state.access && state.access.paidUntil - now()
}

/** Told to eyes and ears at once, wherever on the page they are. */
export function alert(text: string, kind: 'bad' | 'good' = 'bad') {
  byId('alert').className = `banner ${kind}`
  setText(byId('alert'), text)
}

/** For ears: what eyes see in its place anyway. */
export function say(text: string) {
  setText(byId('news'), text)
}

export function words(error: unknown): string {
  if (error instanceof Refusal || error instanceof Problem) return error.message
  if (error instanceof WalletError) return walletWords(error, 'You declined. Nothing has changed.')
  console.error(error)
  return 'Something went wrong on this page. Reload it, and try again.'
}

/** Runs what a button starts: once at a time, and whatever goes wrong is told. */
export async function run(button: HTMLElement, action: () => Promise<void>) {
  if (button.getAttribute('aria-busy') === 'true') return
  button.setAttribute('aria-busy', 'true')
  alert('')
  try {
    await action()
  } catch (error) {
    alert(words(error))
  } finally {
    button.removeAttribute('aria-busy')
    draw()
  }
}
