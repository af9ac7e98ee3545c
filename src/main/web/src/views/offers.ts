// What is for sale.

import { isAddress, getAddress } from 'viem/utils'
import type { Address } from 'viem'
import type { Offer } from '../api'
import { button, byId, el, redraw, setText, show } from '../dom'
import { about, amount, duration, shortAddress } from '../format'
import { isPaying, owns, run, secondsLeft, state, view, wrongChain } from '../state'
import { bannedWords, buyingIsOff, downWords, full } from './status'

export const ONE_AT_A_TIME = 'One payment at a time: the last one is still on its way.'

const buttons = new Map<number, HTMLButtonElement>()
const gift = byId<HTMLInputElement>('gift-wallet')
const GIFT_NOTE = byId('gift-note').textContent ?? ''

let buy: (offer: Offer, account: Address | undefined) => Promise<void>

/** The other wallet to pay for; undefined for one's own, "bad" for what is no address. */
function giftAccount(): Address | 'bad' | undefined {
  const text = gift.value.trim()
  if (text === '') return undefined
  return isAddress(text) ? getAddress(text) : 'bad'
}

/** Why nothing can be bought now; empty if it can. */
function closed(): string {
  if (owns()) return 'This wallet owns the shop: it can not buy time. To try the shop, use another wallet.'
  const banned = state.me?.banned
  if (banned) return `${bannedWords(banned)} To buy for somebody else, use another wallet.`
  const home = state.gateway && new URL(state.gateway.publicUrl)
  // Nothing could be signed here afterwards: a text signed at another address is refused, as a fraud's would be.
  if (home && home.origin !== location.origin) return `This page was not opened at its own address. Buy at ${home.href}`
  const down = downWords()
  if (down && !(full() && (secondsLeft() ?? 0) > 0)) return `${down} ${buyingIsOff()}`
  if (state.gateway?.paused) return 'The seller has paused all sales. Time already bought stays as it is.'
  if (isPaying()) return ONE_AT_A_TIME
  return ''
}

view(() => {
  const { offers } = state
  if (!offers) return
  const active = offers.filter((offer) => offer.active).sort((a, b) => a.duration - b.duration)
  redraw(byId('offer-list'), active, () => {
    buttons.clear()
    const several = new Set(active.map((offer) => offer.duration)).size > 1
    return active.map((offer) => card(offer, several))
  })
  const empty = document.getElementById('no-offers')
  if (active.length > 0) empty?.remove()
  else if (!empty) byId('offer-list').after(el('p', { id: 'no-offers' }, 'Nothing is on sale at the moment.'))
})

function card(offer: Offer, several: boolean): HTMLElement {
  const price = BigInt(offer.price)
  const hourly = (price * 3600n) / BigInt(offer.duration)
  const even = hourly * BigInt(offer.duration) === price * 3600n
  const perHour =
    !several || offer.duration === 3600
      ? null
      : `${even ? '' : 'about '}${(even ? amount : about)(hourly, offer.decimals, offer.symbol)} an hour`
  const blocks = offer.confirmations ?? state.gateway?.confirmations ?? 1
  const { fiat } = offer
  const label = `offer-${offer.id}`
  const click = button('Buy', () => {
    const account = giftAccount()
    if (account === 'bad') gift.focus()
    else void run(click, () => buy(offer, account))
  })
  click.setAttribute('aria-describedby', `${label} ${label}-price offers-note`)
  buttons.set(offer.id, click)
  return el(
    'li',
    { class: 'offer card' },
    el('h3', { id: label }, duration(offer.duration)),
    el('p', { id: `${label}-price`, class: 'price' }, amount(price, offer.decimals, offer.symbol)),
    fiat && el('p', { class: 'aside' }, `about ${fiat.amount} ${fiat.currency}`),
    perHour === null ? null : el('p', { class: 'aside' }, perHour),
    blocks > 1 ? el('p', { class: 'aside' }, `counts after ${blocks} blocks`) : null,
    click,
  )
}

view(() => {
  const why = closed()
  const account = giftAccount()
  const running = (secondsLeft() ?? 0) > 0
  for (const one of buttons.values()) {
    show(one, !owns())
    one.disabled = why !== ''
    setText(one, account && account !== 'bad' ? `Buy for ${shortAddress(account)}` : running ? 'Extend' : 'Buy')
  }
  setText(byId('offers-note'), why)
  show(byId('offers-note'), why !== '')
  show(byId('gift'), !owns() && buttons.size > 0)
  gift.setAttribute('aria-invalid', String(account === 'bad'))
  setText(
    byId('gift-note'),
    account === 'bad'
      ? 'That is no address of a wallet: 0x and 40 digits, and capital letters where they belong.'
      : GIFT_NOTE,
  )
  const currency = state.gateway?.chain.currency
  const known = currency !== undefined && state.fee !== undefined && !wrongChain() && !owns()
  show(byId('fee'), known)
  if (known)
    setText(
      byId('fee'),
      `The network takes a fee of about ${about(state.fee!, currency.decimals, currency.symbol)} besides.`,
    )
})

export function onBuy(action: typeof buy, changed: () => void) {
  buy = action
  gift.addEventListener('input', changed)
}

/** For the focus after a refusal. */
export function buyButton(offer: Offer): HTMLElement | undefined {
  return buttons.get(offer.id)
}
