# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives GNOME Settings as a user would, one verb a run.

Its VPN dialog has no export; no_export() verifies that.
"""
import atexit
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from drive import HEADINGS, Atspi, Program, has_state, role_of, until  # noqa: E402

PRIVATE = 'xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU='
HUB = 'FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ='
LEAF = '2aM9QzUOUy7G9ljwfRzT+J/TdgObNc8fC/Jm9uBCvTA='
NEW = 'zO2DgWoufWFXAut6w1Y5DYEMMF1cGZ2lkExQnhTSFjo='

# GNOME 43 and newer
ADD = ('Add connection', 'Add VPN')
OPTIONS = ('Options…', 'VPN Options')


def nmcli(*arguments):
    return subprocess.run(['nmcli', '-t', *arguments], check=True, capture_output=True,
                          text=True).stdout


def data(name):
    return nmcli('-g', 'vpn.data', 'connection', 'show', name)


def is_stored(name):
    return name in nmcli('-f', 'NAME', 'connection', 'show').splitlines()


class Settings(Program):
    """A window of GNOME Settings on its page for networks, until it is closed."""

    def __init__(self):
        super().__init__('gnome-control-center')
        self.process = subprocess.Popen(['gnome-control-center', 'network'])
        atexit.register(self.process.kill)  # a failed test leaves no window to the next

    def open_editor_page(self, name):
        # GTK 4 gives notebook tabs no accessible action
        self.click(['label'], name)

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def create():
    settings = Settings()
    settings.press(ADD)
    # list rows have no accessible action either
    settings.click(['label'], 'wirelink')
    settings.open_editor_page('Identity')  # the first page of older versions
    settings.write('Name', 'New network')
    # an empty profile cannot be added
    settings.wait_sensitive('Add', False)
    settings.press('Set Up Manually')
    settings.wait_label('The private key is missing')
    settings.write('Private key', PRIVATE)
    settings.write('Addresses', '10.77.0.2/24, fd77::2/64')
    settings.press('Advanced')
    settings.write('Listen port', '51900')
    # switches have no accessible action either, but a mnemonic
    settings.keys('<Alt>y')
    settings.wait_label('A network needs at least one peer')
    settings.press('Add Peer')
    until('the name of the new peer has the focus', lambda: settings.has_focus('Name'))
    settings.type('hub')
    settings.write_last('Public key', HUB)
    settings.write('Endpoints', 'hub.example.net:51820')
    settings.write('Allowed IPs', '10.77.0.0/24, fd77::/64')
    settings.wait_label('Members: a router')
    settings.named('hub, 10.77.0.0/24')
    settings.wait_sensitive('Add', True)
    settings.press('Add')
    until('the profile is stored', lambda: is_stored('New network'))
    settings.close()


def choose_file(path):
    settings = Settings()
    settings.press(ADD)
    settings.click(['label'], 'Import from file…')
    settings.find(['push button'], 'Open')
    # the chooser of GTK 4 asks for a path when one types "/"; the name of its field is not always
    # the same, but it has the focus
    subprocess.run(['xdotool', 'key', 'slash'], check=True)
    until('a path is asked for', lambda: settings.focused_text() == '/')
    # not typed: the chooser completes what is typed in the middle of it
    until('the path is written', lambda: settings.write_focused(path))
    subprocess.run(['xdotool', 'key', 'Return'], check=True)
    return settings


def refuse(path, part, tab=None):
    """The error of a failed import states cause and remedy; or the program takes the file for a
    connection of another kind, with this tab."""
    settings = choose_file(path)
    until(f'label with "{part}"', lambda: settings.has_label(part)
          or (tab and settings.has(['page tab'], tab)))
    settings.close()


def import_file(path):
    name = os.path.basename(path).rsplit('.', 1)[0]
    settings = choose_file(path)
    settings.open_editor_page('Identity')
    settings.named('hub, 10.77.0.0/24')
    settings.wait_sensitive('Add', True)
    settings.press('Add')
    until('the profile is stored', lambda: is_stored(name))
    settings.close()


def no_export():
    settings = Settings()
    settings.press(OPTIONS)
    settings.find(['push button'], 'Apply')
    settings.find(['push button'], ('Remove VPN', 'Remove VPN…'))
    exports = [node.get_name() for node in settings.nodes()
               if 'xport' in (node.get_name() or '') and role_of(node) != 'label']
    assert not exports, exports
    settings.close()


def edit(name):
    settings = Settings()
    settings.press(OPTIONS)
    settings.open_editor_page('Identity')
    settings.press('Advanced')
    # an error is reported at its field and cannot be applied
    settings.write('MTU', '99')
    settings.wait_label('1280 to 65455')
    settings.write('MTU', '1380')
    settings.keys('<Alt>l')
    settings.type('50999')
    until('the listen port is typed', lambda: settings.read('Listen port') == '50999')
    settings.press('Add Peer')
    settings.write_last('Public key', LEAF)
    settings.wait_label('desktop has the same public key')
    settings.write_last('Public key', NEW)
    settings.write_last('Name', 'tablet')
    settings.write_last('Allowed IPs', '10.77.0.8/32')
    settings.press('Move tablet up')
    settings.press('phone, 10.77.0.4')
    settings.press('Remove phone')
    settings.wait_label('phone was removed')
    settings.press('Undo')
    settings.wait_no_label('phone was removed')
    settings.press('phone, 10.77.0.4')
    settings.press('Remove phone')
    settings.absent(['push button'], 'Remove phone')
    settings.press('Apply')
    until('the profile is stored', lambda: 'tablet' in data(name))
    settings.close()


def describe(name):
    """The accessible description of a field is its error until it is corrected."""
    settings = Settings()
    settings.press(OPTIONS)
    settings.open_editor_page('Identity')
    settings.press('Advanced')
    settings.write('Listen port', '99999')
    settings.wait_described('Listen port', '"99999" is not valid; use a number from 1 to 65535')
    settings.write('Listen port', '50123')
    settings.wait_described('Listen port', 'between members behind the same router')
    settings.press('hub, 10.77.0.0/24')
    settings.write_last('Allowed IPs', '10.77.0.5/24')
    settings.wait_described('Allowed IPs', '"10.77.0.5/24" has bits set beyond its prefix')
    settings.write_last('Allowed IPs', '10.77.0.0/24')
    settings.wait_described('Allowed IPs', 'for a router, the whole network')
    settings.wait_sensitive('Apply', True)
    settings.close()


def search(name):
    """A matching peer moves to the top of the list while the search hides the others."""
    settings = Settings()
    settings.press(OPTIONS)
    settings.open_editor_page('Identity')
    first = settings.place('hub, 10.77.0.0/24').y
    assert settings.place('nas, 10.77.0.5').y > first
    settings.press('Add Peer')  # a short list has no search
    until('the name of the new peer has the focus', lambda: settings.has_focus('Name'))
    settings.click(['text'], 'Search peers')
    settings.type('NAS')
    # the search takes the place of the first, and nas comes next
    until('only nas is shown', lambda: settings.place('nas, 10.77.0.5').y
          - settings.place('Search peers').y < 100)
    settings.write('Search peers', '')
    until('hub is shown again', lambda: settings.place('nas, 10.77.0.5').y
          - settings.place('hub, 10.77.0.0/24').y > 60)
    settings.close()


def ask_each_time(name):
    """Chooses the storage of the private key in the menu that libnma adds to its field."""
    settings = Settings()
    settings.press(OPTIONS)
    settings.open_editor_page('Identity')
    settings.press('Keys')
    apply = settings.place_of(settings.find(['push button'], 'Apply'))
    settings.reveal(settings.field('Private key'))
    settings.click_at(settings.field('Private key').get_child_at_index(0))
    item = settings.find(['check box'], 'Store the password for all users')
    until('the menu has the focus', lambda: has_state(item, Atspi.StateType.FOCUSED))
    subprocess.run(['xdotool', 'key', 'Down'], check=True)

    def stored():
        # while the menu is open GTK 4.8 hides everything else from AT-SPI: click by position
        subprocess.run(['xdotool', 'mousemove', str(apply.x + apply.width // 2),
                        str(apply.y + apply.height // 2), 'click', '1'], check=True)
        return 'private-key-flags = 2' in data(name)
    until('the flags are stored', stored)
    settings.close()


def reorder(name):
    """Reorders peers with the keyboard, and with the pointer up and down."""
    settings = Settings()
    settings.press(OPTIONS)
    settings.open_editor_page('Identity')
    def wait_order(*names):
        until(f'the order {names}', lambda: settings.order(*names) == list(names))

    wait_order('hub', 'desktop', 'tablet', 'nas')
    # opening and closing focuses the row, which AT-SPI cannot do in GTK 4
    settings.click(HEADINGS, 'nas, 10.77.0.5')
    settings.click(HEADINGS, 'nas, 10.77.0.5')
    settings.keys('<Alt>Up')
    wait_order('hub', 'desktop', 'nas', 'tablet')
    settings.drag('Drag to move tablet', 'Drag to move hub')
    wait_order('tablet', 'hub', 'desktop', 'nas')
    settings.drag('Drag to move hub', 'Drag to move nas')
    wait_order('tablet', 'desktop', 'nas', 'hub')
    settings.press('hub, 10.77.0.0/24')
    settings.wait_sensitive('Move hub down', False)
    settings.wait_sensitive('Move hub up', True)
    settings.press('Apply')
    until('the profile is stored', lambda: 'peer-1-name = tablet' in data(name))
    names = [part.split(' = ')[1] for part in sorted(data(name).split(', '))
             if part.startswith('peer-') and '-name = ' in part]
    assert names == ['tablet', 'desktop', 'nas', 'hub'], names
    settings.close()


def drop(name, path):
    """Drops a file from another program on the list of peers."""
    settings = Settings()
    settings.press(OPTIONS)
    settings.open_editor_page('Identity')
    source = settings.drop_file(path, 'Drag to move nas')
    settings.wait_label('Peers added: 4; already present: 2')
    settings.press('8qqnabMq…')
    settings.wait_label('Members: set in this profile')
    source.terminate()
    settings.close()


def create_network(name):
    """Creates a network with a phone, whose code is shown once."""
    settings = Settings()
    settings.press(ADD)
    settings.click(['label'], 'wirelink')
    settings.open_editor_page('Identity')
    settings.write('Name', name)
    settings.press('Add a Phone')
    step = settings.window('Create a Network')
    step.write('Address of this machine', 'hub.example.net:4500')
    step.write('Networks', '10.77.0.0/24')
    step.press('Create')
    step = settings.window('Add Phone')
    step.press('Show Code')
    step.wait_label('it cannot be shown again')
    step.named('QR code of the phone')
    step.press('Done')
    settings.wait_sensitive('Add', True)
    settings.press('Add')
    until('the network is stored', lambda: is_stored(name))
    for item in ('role = router', 'listen-port = 4500', 'peer-1-name = phone',
                 'peer-1-allowed-ips = 10.77.0.2/32', 'peer-1-basic = yes'):
        assert item in data(name), f'{item} is not in {data(name)}'
    settings.close()


def main():
    {'create-network': create_network,
     'create': create, 'edit': edit, 'import': import_file, 'no-export': no_export,
     'reorder': reorder, 'drop': drop, 'describe': describe, 'search': search,
     'ask-each-time': ask_each_time, 'refuse': refuse}[sys.argv[1]](*sys.argv[2:])


if __name__ == '__main__':
    main()
