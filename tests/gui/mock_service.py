# SPDX-License-Identifier: GPL-2.0-or-later
"""A service of the profile home.wirelink on the session bus, for pictures of the live state: four
peers in four states, and a member that the hub introduced. Prints "ready" once it answers.
"""
import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

NAME = 'org.freedesktop.NetworkManager.wirelink'
ROOT = '/org/freedesktop/NetworkManager/wirelink'
LINK = 'org.freedesktop.NetworkManager.wirelink1.Link'
PEER = 'org.freedesktop.NetworkManager.wirelink1.Peer'
UUID = '5c1f8d2e-2a0b-4b2c-9a55-0c3f5d5a9d10'  # as in editor-window.c
XML = f'''<node><interface name="org.freedesktop.DBus.ObjectManager">
<method name="GetManagedObjects"><arg type="a{{oa{{sa{{sv}}}}}}" direction="out"/></method></interface>
<interface name="{LINK}"><method name="GetFacts"><arg type="aa{{sv}}" direction="out"/></method>
</interface></node>'''

HUB = 'FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ='
SERVER = 'zO2DgWoufWFXAut6w1Y5DYEMMF1cGZ2lkExQnhTSFjo='
# key, name, state, reason, its arguments, address, round trip in us, received, sent
PEERS = (
    (HUB, 'hub', 'direct', 'direct', ['198.51.100.5:51820'], '10.77.0.1/32', 18400, 48210300, 9120440),
    ('2aM9QzUOUy7G9ljwfRzT+J/TdgObNc8fC/Jm9uBCvTA=', 'desktop', 'direct-lan', 'direct-lan',
     ['192.168.1.20:51820'], '10.77.0.3/32', 1210, 734003200, 81100200),
    ('pHNt7Zh/ledy17AsjhbgB5LrunUNa3NSK5PlK7MHDKM=', 'phone', 'offline', '', [], '10.77.0.4/32', 0, 0,
     148),
    ('WqAMv0fShVS8TQM385RDSTl/qKOEbDvHa44o8AO2ALI=', 'nas', 'routed', '', [], '10.77.0.5/32', 41700,
     20480, 12288),
    (SERVER, 'server', 'connecting', '', [], '10.77.0.6/32', 0, 0, 444),
)


def peer(key, name, state, reason_id, arguments, address, round_trip, received, sent):
    return {PEER: {
        'PublicKey': GLib.Variant('s', key), 'Name': GLib.Variant('s', name),
        'State': GLib.Variant('s', state), 'ReasonId': GLib.Variant('s', reason_id),
        'ReasonArguments': GLib.Variant('as', arguments), 'Reason': GLib.Variant('s', ''),
        'AllowedIPs': GLib.Variant('as', [address]), 'RoundTrip': GLib.Variant('u', round_trip),
        'RxBytes': GLib.Variant('t', received), 'TxBytes': GLib.Variant('t', sent),
        'Configured': GLib.Variant('b', key != SERVER)}}


def fact(kind, value):
    return {'Subject': GLib.Variant('s', SERVER), 'Type': GLib.Variant('s', kind),
            'Value': GLib.Variant('s', value), 'Source': GLib.Variant('s', HUB),
            'SourceName': GLib.Variant('s', 'hub'), 'Accepted': GLib.Variant('b', True)}


def answer(method):
    if method == 'GetFacts':
        return GLib.Variant('(aa{sv})', ([fact('member', 'server'),
                                          fact('allowed-ips', '10.77.0.6/32')],))
    objects = {f'{ROOT}/link': {LINK: {'Uuid': GLib.Variant('s', UUID)}}}
    objects.update((f'{ROOT}/peer/{i}', peer(*values)) for i, values in enumerate(PEERS))
    return GLib.Variant('(a{oa{sa{sv}}})', (objects,))


def on_call(_connection, _sender, _path, _interface, method, _parameters, invocation):
    invocation.return_value(answer(method))


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    for path, interface in zip((ROOT, f'{ROOT}/link'), Gio.DBusNodeInfo.new_for_xml(XML).interfaces):
        bus.register_object(path, interface, on_call, None, None)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE,
                                   lambda *_: print('ready', flush=True), None)
    GLib.MainLoop().run()


main()
