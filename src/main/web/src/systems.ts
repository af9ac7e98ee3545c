// How to get a profile into an OpenVPN app, per system.

export interface System {
  id: string
  name: string
  /** A phone or tablet: the import link opens the app there. */
  mobile: boolean
  app: { text: string; url: string }
  open: string
}

export const SYSTEMS: System[] = [
  {
    id: 'windows',
    name: 'Windows',
    mobile: false,
    app: { text: 'OpenVPN for Windows', url: 'https://openvpn.net/community-downloads/' },
    open: 'Right-click the OpenVPN icon beside the clock, choose Import, Import file, and pick the profile. Then Connect.',
  },
  {
    id: 'macos',
    name: 'macOS',
    mobile: false,
    app: { text: 'Tunnelblick', url: 'https://tunnelblick.net/downloads.html' },
    open: 'Double-click the profile; Tunnelblick takes it in. Then choose Connect in its menu.',
  },
  {
    id: 'linux',
    name: 'Linux',
    mobile: false,
    app: {
      text: 'OpenVPN 2.6 or newer, from your distribution',
      url: 'https://community.openvpn.net/openvpn/wiki/OpenvpnSoftwareRepos',
    },
    open: 'In a terminal:',
  },
  {
    id: 'android',
    name: 'Android',
    mobile: true,
    app: { text: 'OpenVPN Connect', url: 'https://play.google.com/store/apps/details?id=net.openvpn.openvpn' },
    open: 'Tap the link, and allow the app to take the profile in. Then switch it on.',
  },
  {
    id: 'ios',
    name: 'iPhone and iPad',
    mobile: true,
    app: { text: 'OpenVPN Connect', url: 'https://apps.apple.com/app/openvpn-connect-openvpn-app/id590379981' },
    open: 'Tap the link, and allow the app to take the profile in. Then switch it on.',
  },
]

/** The visitor's own, as far as the browser tells. */
export function ownSystem(agent = navigator.userAgent, touches = navigator.maxTouchPoints): System {
  // An iPad calls itself a Mac; a Mac has no touch screen.
  const ios = /iPhone|iPad/.test(agent) || (/Macintosh/.test(agent) && touches > 1)
  const id = ios
    ? 'ios'
    : /Android/.test(agent)
      ? 'android'
      : /Windows/.test(agent)
        ? 'windows'
        : /Mac/.test(agent)
          ? 'macos'
          : 'linux'
  return SYSTEMS.find((system) => system.id === id)!
}
