# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives nm-connection-editor as a user would, one verb a run."""
import atexit
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from drive import Atspi, Program, has_state, role_of, text_of, until, walk  # noqa: E402

PRIVATE = 'xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU='
HUB = 'FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ='
PHONE = 'pHNt7Zh/ledy17AsjhbgB5LrunUNa3NSK5PlK7MHDKM='

LATER = 'While the connection is active, the facts from each peer are shown here.'


def nmcli(*arguments):
    return subprocess.run(['nmcli', '-t', *arguments], check=True, capture_output=True,
                          text=True).stdout


class Editor(Program):
    """A window of nm-connection-editor, until it is closed."""

    def __init__(self, *arguments):
        super().__init__('nm-connection-editor')
        self.process = subprocess.Popen(['nm-connection-editor', *arguments])
        atexit.register(self.process.kill)  # a failed test leaves no window to the next

    def save(self):
        self.wait_sensitive('Save', True)
        self.press('Save')

    def is_open(self):
        return any(role_of(node) == 'page tab' for node in self.nodes())

    def close(self):
        self.process.terminate()
        assert self.process.wait(10) in (0, -15), self.process.returncode


def uuid_of(name):
    for line in nmcli('-f', 'UUID,NAME', 'connection', 'show').splitlines():
        uuid, _, found = line.partition(':')
        if found == name:
            return uuid
    return None


def data(uuid, key):
    items = nmcli('-g', 'vpn.data', 'connection', 'show', uuid)
    return dict(item.strip().split(' = ', 1) for item in items.replace('\\:', ':').split(', ')
                if ' = ' in item).get(key)


def wait_stored(name, key, value):
    def stored():
        uuid = uuid_of(name)  # a new profile has none yet
        return uuid and data(uuid, key) == value
    until(f'{key} = {value} in {name}', stored)


def choose_file(editor, title, path):
    def is_active():
        return any(has_state(node, Atspi.StateType.ACTIVE) for node in editor.nodes()
                   if node.get_name() == title and role_of(node) != 'push button')
    until('the file chooser is active', is_active)
    # the chooser asks for a path when one types "/", and misses what is typed until it does
    subprocess.run(['xdotool', 'type', '/'], check=True)

    def entry():
        return next((node for node in editor.nodes()
                     if role_of(node) == 'text' and text_of(node).startswith('/')), None)
    location = until('the path can be typed', entry)
    assert Atspi.EditableText.set_text_contents(location, path), f'cannot write {path}'
    editor.wait_sensitive('Open', True)
    editor.press('Open')


def create():
    """Creates a profile with mouse and keyboard, and its peer with the keyboard alone."""
    editor = Editor('--create', '--type=vpn')
    editor.press('Create…')
    editor.replace('VPN connection 1', 'New network')
    # an empty profile cannot be saved
    editor.wait_sensitive('Save', False)
    editor.press('Set Up Manually')
    editor.write('Private key', PRIVATE)
    editor.write('Addresses', '10.77.0.2/24, fd77::2/64')
    editor.press('Advanced')
    editor.write('Listen port', '51900')
    editor.choose('Role', 1)
    editor.wait_label('A network needs at least one peer')
    editor.keys('<Alt>p')
    until('the name of the new peer has the focus', lambda: editor.has_focus('Name'))
    editor.type('hub')
    editor.write_last('Public key', HUB)
    editor.write('Endpoints', 'hub.example.net:51820')
    editor.write('Allowed IPs', '10.77.0.0/24, fd77::/64')
    editor.choose('Trust', 4)
    editor.wait_label('Members: set in this profile')
    editor.find(['toggle button'], 'hub, 10.77.0.0/24')
    editor.save()
    wait_stored('New network', 'peer-1-allowed-ips', '10.77.0.0/24 fd77::/64')
    wait_stored('New network', 'listen-port', '51900')
    editor.close()


def create_network(name):
    """Creates a network with a phone, whose code is shown once."""
    editor = Editor('--create', '--type=vpn')
    editor.press('Create…')
    editor.replace('VPN connection 1', name)
    editor.press('Add a Phone')
    step = editor.window('Create a Network')
    step.write('Name of this machine', 'hub')
    step.write('Networks', '10.77.0.0/24, 10.77.0.128/25')
    step.press('Create')
    step.wait_label('10.77.0.128/25 overlaps another network; remove one of them')
    step.write('Networks', '10.77.0.0/24')
    step.press('Create')
    step.wait_label('Enter a name or an address of this machine')
    step.write('Address of this machine', 'hub.example.net')
    step.press('Create')
    step = editor.window('Add Phone')
    step.write('Name of the phone', 'hub')
    step.press('Show Code')
    step.wait_label('A member named hub already exists; choose another name')
    step.write('Name of the phone', 'phone')
    step.press('Show Code')
    step.wait_label('it cannot be shown again')
    step.named('QR code of the phone')
    step.press('Done')
    # a second one, from the list of peers
    editor.press('Add Phone…')
    until('another name', lambda: editor.read('Name of the phone') == 'phone 2')
    editor.press('Show Code')
    editor.named('QR code of the phone')
    editor.press('Done')
    editor.save()
    wait_stored(name, 'peer-2-allowed-ips', '10.77.0.3/32')
    uuid = uuid_of(name)
    assert data(uuid, 'peer-1-basic') == 'yes' and data(uuid, 'peer-1-name') == 'phone'
    assert data(uuid, 'listen-port') == '51820' and data(uuid, 'role') == 'router'
    editor.close()


def join(name, path):
    """Joins a network with a file."""
    editor = Editor('--create', '--type=vpn')
    editor.press('Create…')
    editor.replace('VPN connection 1', name)
    editor.press('Join a Network')
    choose_file(editor, 'Join a Network', path)
    editor.find(['toggle button'], 'hub, 10.77.0.0/24')
    editor.save()
    wait_stored(name, 'peer-1-name', 'hub')
    editor.close()


def edit(name):
    """Adds, moves and removes peers; everything else in the profile must stay."""
    uuid = uuid_of(name)
    editor = Editor('--edit', uuid)
    first = data(uuid, 'peer-1-public-key')
    editor.press('Add Peer')
    editor.write_last('Public key', PHONE)
    editor.write('Name', 'phone')
    editor.write('Allowed IPs', '10.77.0.99/32')
    # a duplicate key is reported at its field and cannot be saved
    editor.write_last('Public key', first)
    editor.wait_label('has the same public key')
    editor.wait_sensitive('Save', False)
    editor.write_last('Public key', PHONE)
    editor.press('Move phone up')
    editor.choose('Trust', 2)
    editor.wait_label('automatic trust is off')
    editor.press('Advanced')
    editor.write('MTU', '99')
    editor.wait_label('1280 to 65455')
    editor.wait_sensitive('Save', False)
    editor.write('MTU', '1380')
    editor.save()
    wait_stored(name, 'mtu', '1380')
    assert data(uuid, 'peer-2-public-key') == PHONE, 'the phone is not the second peer'
    editor.close()


def describe(name):
    """The accessible description of a field is its error until it is corrected."""
    editor = Editor('--edit', uuid_of(name))
    editor.press('Advanced')
    editor.wait_described('Listen port', 'between members behind the same router')
    editor.wait_described('Send all traffic through the tunnel',
                          'the local network can see DNS queries')
    editor.write('Listen port', '99999')
    editor.wait_described('Listen port', '"99999" is not valid; use a number from 1 to 65535')
    editor.wait_described('Advanced', 'Listen port: "99999" is not valid')
    editor.write('Listen port', '50123')
    editor.wait_described('Listen port', 'between members behind the same router')
    editor.expand('hub, 10.77.0.0/24')
    editor.write('Allowed IPs', '10.77.0.5/24')
    editor.wait_described('Allowed IPs', '"10.77.0.5/24" has bits set beyond its prefix')
    editor.wait_described('hub', 'Allowed IPs: "10.77.0.5/24" has bits')
    editor.press('Trust Levels')
    editor.wait_label('May also introduce members, which stay peers')
    editor.press('Trust Levels')
    editor.choose('Trust', 4)
    editor.wait_label('Members: set in this profile')
    editor.wait_described('hub', 'Allowed IPs: "10.77.0.5/24" has bits')
    editor.write('Allowed IPs', '10.77.0.0/24')
    until('the peer has no error',
          lambda: not editor.find(['toggle button'], 'hub, 10.77.0.0/24').get_description())
    editor.wait_described('Allowed IPs', 'for a router, the whole network')
    editor.wait_sensitive('Save', True)
    editor.close()


def search(name):
    """The list shows only the peers that match the search, which a short list does not have."""
    names = ('hub', 'desktop', 'phone', 'nas', 'New Peer')

    def shown():
        return [node.get_name().split(',')[0] for node in editor.nodes()
                if role_of(node) == 'toggle button'
                and (node.get_name() or '').split(',')[0] in names
                and has_state(node.get_parent().get_parent(), Atspi.StateType.VISIBLE)]

    def wait_shown(*wanted):
        until(f'{wanted} shown', lambda: shown() == list(wanted))

    editor = Editor('--edit', uuid_of(name))
    wait_shown('hub', 'desktop', 'phone', 'nas')
    assert not has_state(editor.field('Search peers'), Atspi.StateType.VISIBLE), 'a needless search'
    editor.press('Add Peer')
    until('the name of the new peer has the focus', lambda: editor.has_focus('Name'))
    wait_shown(*names)
    editor.focus(['text'], 'Search peers')
    editor.type('NAS')
    wait_shown('nas')
    editor.write('Search peers', '10.77.0. /32')
    wait_shown('desktop', 'phone', 'nas')
    editor.write('Search peers', 'nobody')
    wait_shown()
    # a new peer does not match the search but is shown
    editor.keys('<Alt>p')
    until('the new peer is shown', lambda: 'New Peer' in shown())
    assert editor.read('Search peers') == ''
    editor.close()


def keep(name, storage, key=''):
    """Chooses the storage of the private key in the menu that libnma adds to its field."""
    editor = Editor('--edit', uuid_of(name))
    editor.press('Keys')
    editor.reveal(editor.field('Private key'))
    editor.click_at(editor.field('Private key').get_child_at_index(0))
    item = editor.find(['radio button'], storage)
    until(f'"{storage}" is shown', lambda: has_state(item, Atspi.StateType.SHOWING))
    editor.click_at(item)
    if key:
        editor.write('Private key', key)
    editor.save()
    until('the window closes', lambda: editor.process.poll() is not None or not editor.is_open())
    editor.close()


def reorder(name):
    """Reorders peers with the keyboard, and with the pointer up and down."""
    uuid = uuid_of(name)
    editor = Editor('--edit', uuid)
    def wait_order(*names):
        until(f'the order {names}', lambda: editor.order(*names) == list(names))

    wait_order('hub', 'desktop', 'phone', 'nas')
    editor.focus(['toggle button'], 'nas, 10.77.0.5')
    editor.keys('<Alt>Up')
    wait_order('hub', 'desktop', 'nas', 'phone')
    editor.drag('Drag to move phone', 'Drag to move hub')
    wait_order('phone', 'hub', 'desktop', 'nas')
    editor.drag('Drag to move hub', 'Drag to move nas')
    wait_order('phone', 'desktop', 'nas', 'hub')
    editor.expand('hub, 10.77.0.0/24')
    editor.wait_sensitive('Move hub down', False)
    editor.wait_sensitive('Move hub up', True)
    editor.save()
    wait_stored(name, 'peer-1-name', 'phone')
    names = [data(uuid, f'peer-{i}-name') for i in range(1, 5)]
    assert names == ['phone', 'desktop', 'nas', 'hub'], names
    editor.close()


def import_file(path):
    editor = Editor('--import', path)
    editor.find(['push button'], 'Add Peer')
    editor.save()
    name = os.path.basename(path).rsplit('.', 1)[0]
    until(f'{name} is stored', lambda: uuid_of(name))
    editor.close()


def refuse(path, part):
    """The error of a failed import states cause and remedy."""
    editor = Editor('--create', '--type=vpn')
    editor.choose('wirelink', 2)  # Import a saved VPN configuration…
    editor.press('Create…')
    choose_file(editor, 'Select file to import', path)
    editor.wait_label(part)
    editor.process.kill()  # the message dialog would block its exit
    editor.process.wait()


def key(name):
    """Generates a key, which stays hidden; its public key is shown, copied and drawn."""
    editor = Editor('--edit', uuid_of(name))
    editor.press('Keys')
    before = editor.read('Public key')
    editor.press('Generate')
    until('another public key', lambda: editor.read('Public key') != before)
    editor.find(['password text'], 'Private key')
    assert not text_of(editor.field('Private key')).endswith('='), 'the key is read aloud'
    editor.press('Show')
    editor.find(['text'], 'Private key')
    public = subprocess.run(['wirelinkctl', 'pubkey'], input=editor.read('Private key'), check=True,
                            capture_output=True, text=True).stdout.strip()
    assert editor.read('Public key') == public, public
    editor.press('Copy')
    editor.write('Name of this machine', '')
    editor.focus(['text'], 'Name of this machine')
    editor.keys('<Control>v')
    until('the public key is pasted', lambda: editor.read('Name of this machine') == public)
    editor.press('QR Code')
    until('the QR code is shown',
          lambda: has_state(editor.named('QR code of the public key'), Atspi.StateType.VISIBLE))
    editor.picture('key-gtk3')
    editor.close()


def export(name, path):
    editor = Editor('--edit', uuid_of(name))
    editor.wait_sensitive('Export…', True)
    editor.press('Export…')
    dialog = editor.find(['file chooser', 'dialog'], 'Export VPN connection…')
    entry = next(node for node in walk(dialog)
                 if role_of(node) == 'text' and text_of(node).endswith('.wirelink'))
    assert Atspi.EditableText.set_text_contents(entry, path)
    save = [node for node in walk(dialog)
            if role_of(node) == 'push button' and node.get_name() == 'Save']
    assert save and save[0].do_action(0)
    until(f'{path} is there', lambda: os.path.exists(path) and os.path.getsize(path))
    editor.close()


def nonsense():
    """A profile of invalid values opens, reports the errors, and keeps unknown keys."""
    name = 'nonsense'
    nmcli('connection', 'add', 'type', 'vpn', 'con-name', name, 'vpn-type', 'wirelink',
          'vpn.data', 'address=here, listen-port=99999, color=green, peer-1-public-key=short, '
          'peer-1-allowed-ips=10.0.0.0/99, peer-1-trust=Everything, peer-1-shape=round')
    editor = Editor('--edit', uuid_of(name))
    editor.wait_sensitive('Save', False)
    editor.wait_label('is not an IP address')
    editor.wait_label('use a number from 1 to 65535')
    editor.write('Private key', PRIVATE)
    editor.write('Addresses', '10.77.0.2/24')
    editor.write('Listen port', '')
    editor.expand('New Peer')
    editor.wait_label('44 base64 characters')
    editor.write_last('Public key', HUB)
    editor.wait_label('has no valid prefix length')
    editor.write('Allowed IPs', '10.0.0.0/9')
    editor.wait_sensitive('Save', False)
    editor.choose('Trust', 3)
    editor.save()
    wait_stored(name, 'peer-1-trust', 'AllowedIPs')
    for key, value in (('color', 'green'), ('peer-1-shape', 'round'), ('listen-port', None)):
        assert data(uuid_of(name), key) == value, f'{key} is {data(uuid_of(name), key)}'
    editor.close()


def live(name):
    """The live state appears, disappears and reappears with the service."""
    uuid = uuid_of(name)
    nmcli('connection', 'up', name)
    editor = Editor('--edit', uuid)

    def states():
        return [node.get_name() for node in editor.nodes()
                if role_of(node) == 'toggle button'
                and (node.get_name() or '').startswith('hub, 10.77.0.0/24')]

    def shown(state):
        return any(text.endswith(state) for text in states())

    until('a state of hub', lambda: shown('Connecting') or shown('Offline'))
    editor.wait_no_label(LATER)
    editor.expand(states()[0])
    editor.wait_label('Offline: name hub.example.net not resolved yet')
    nmcli('connection', 'modify', name, '+vpn.data', 'mtu=1400', '+vpn.data', 'listen-port=50124')
    editor.wait_label('take effect at the next activation: ')
    editor.wait_label('MTU')
    nmcli('connection', 'modify', name, '+vpn.data', 'peer-1-endpoint=nowhere')
    editor.wait_label('the previous ones are still in use: Endpoints of hub: ')
    nmcli('connection', 'modify', name, '+vpn.data', 'peer-1-endpoint=hub.example.net:51820',
          '-vpn.data', 'mtu', '+vpn.data', 'listen-port=50123')
    editor.wait_no_label('still in use')
    editor.wait_no_label('next activation: ')
    nmcli('connection', 'down', name)
    editor.wait_label(LATER)
    until('no state of hub', lambda: shown('10.77.0.0/24'))
    nmcli('connection', 'up', name)
    until('a state of hub again', lambda: shown('Connecting') or shown('Offline'))
    nmcli('connection', 'down', name)
    editor.close()


def drop(name, path):
    """Drops a file from another program on the list of peers."""
    editor = Editor('--edit', uuid_of(name))
    source = editor.drop_file(path, 'Drag to move nas')
    editor.wait_label('Peers added: 4; already present: 2')
    editor.press('8qqnabMq…')
    editor.wait_label('Members: set in this profile')
    source.terminate()
    editor.close()


def main():
    verbs = {'create': create, 'create-network': create_network, 'join': join, 'edit': edit,
             'import': import_file, 'export': export,
             'nonsense': nonsense, 'live': live, 'reorder': reorder, 'drop': drop,
             'describe': describe, 'search': search, 'keep': keep,
             'refuse': refuse, 'key': key}
    verbs[sys.argv[1]](*sys.argv[2:])


if __name__ == '__main__':
    main()
