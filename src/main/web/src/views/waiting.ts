// A VPN app without a signed password waits, and whoever opened its link says here whether it may come in.

import { Problem, get, post, remove } from '../api'
import { now } from '../clock'
import { byId, el, redraw, setText, show } from '../dom'
import { moment, shortAddress } from '../format'
import { signed } from '../pass'
import { Refusal } from '../refusal'
import { alert, draw, run, state, view, words } from '../state'
import type { Wallet } from '../wallet'

interface Waiting {
  wallet: string
  instance: string
  address: string
  program: string
  until: number
  message: string
  passwordPrefix: string
}

const id = /^\/c\/([A-Za-z0-9_-]{22})$/.exec(location.pathname)?.[1]
const path = `/api/connection/${id}`

let waiting: Waiting | undefined
let outcome = ''

view(() => {
  show(byId('waiting'), id !== undefined && (waiting !== undefined || outcome !== ''))
  const open = waiting !== undefined && waiting.until > now()
  if (waiting && !open && outcome === '') outcome = 'The app has given up waiting. Connect again there.'
  show(byId('waiting-buttons'), open)
  show(byId('waiting-facts'), open)
  if (!waiting || !open) {
    setText(byId('waiting-text'), outcome)
    return
  }
  const { wallet, instance, address, program, until } = waiting
  setText(
    byId('waiting-text'),
    mismatch() ??
      'Let it in only if you have just started it yourself. Your wallet signs one text; it moves no funds. If somebody sent you this link, it is a fraud.',
  )
  redraw(byId('waiting-facts'), [wallet, instance, address, program, until], () => [
    ...fact('For the time of', el('span', { class: 'mono', title: wallet }, shortAddress(wallet))),
    ...fact('App', program),
    ...fact('From', address),
    ...fact('To', instance),
    ...fact('Waits until', moment(until)),
  ])
})

function fact(name: string, value: string | HTMLElement): HTMLElement[] {
  return [el('dt', {}, name), el('dd', {}, value)]
}

/** The app was set up for one wallet, and another one is here. */
function mismatch(): string | undefined {
  if (!waiting || !state.wallet || state.wallet.address.toLowerCase() === waiting.wallet.toLowerCase()) return undefined
  return `It asks for the time of ${shortAddress(waiting.wallet)}, but your wallet is ${shortAddress(state.wallet.address)}. Switch to that account in your wallet.`
}

/**
 * Asks for the connection that this page was opened for, if it was.
 * @param connect gives the wallet, asking for it if need be
 */
export function onWaiting(connect: () => Promise<Wallet | undefined>) {
  if (id === undefined) return
  byId('waiting-yes').addEventListener('click', () => void run(byId('waiting-yes'), () => allow(connect)))
  byId('waiting-no').addEventListener('click', () => void run(byId('waiting-no'), refuse))
  void look().then(
    () => byId('waiting-title').focus(),
    (error) => {
      outcome = words(error)
      draw()
    },
  )
}

async function look() {
  waiting = await get<Waiting>(path)
  draw()
}

async function allow(connect: () => Promise<Wallet | undefined>) {
  const wallet = await connect()
  if (!wallet) return
  try {
    // The text has a time on it: a fresh one, should the page have been open for long.
    await look()
    const other = mismatch()
    if (!waiting || other) throw new Refusal(other ?? '')
    const { message, passwordPrefix } = waiting
    await post(path, { password: passwordPrefix + (await signed(wallet, message)) })
    end('It is in. You can close this page, or keep it open to watch your time.')
    alert('Connected.', 'good')
  } catch (error) {
    if (error instanceof Problem && !goesOn(error)) end(error.message)
    throw error
  }
}

async function refuse() {
  try {
    await remove(path)
    end('It was turned away.')
  } catch (error) {
    if (error instanceof Problem && !goesOn(error)) end(error.message)
    throw error
  }
}

/** The app goes on waiting: only the signature was wrong, or the gate did not come to look at it. */
function goesOn({ code }: Problem): boolean {
  return ['bad_signature', 'nonce_expired', 'rate_limited', 'overloaded', 'clock', 'unreachable'].includes(code)
}

function end(text: string) {
  waiting = undefined
  outcome = text
  draw()
}
