# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives either program while the connection is active, one verb a run."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from connection_editor import Editor, data, uuid_of, wait_stored  # noqa: E402
from drive import until  # noqa: E402
from settings import OPTIONS, Settings  # noqa: E402

DISCOVERED = 'Discovered Members'


class Gtk3(Editor):
    def __init__(self, name):
        super().__init__('--edit', uuid_of(name))


class Gtk4(Settings):
    def __init__(self, name):
        super().__init__()
        self.press(OPTIONS)
        self.open_editor_page('Identity')

    def save(self):
        self.wait_sensitive('Apply', True)
        self.press('Apply')


PROGRAMS = {'gtk3': Gtk3, 'gtk4': Gtk4}


def add(toolkit, name, key):
    """Adds a member that the hub advertised to the profile."""
    program = PROGRAMS[toolkit](name)
    program.wait_label(DISCOVERED)
    program.wait_label(f'desktop ({key[:8]}…)')
    program.wait_label('Member, from hub')
    program.wait_label('Allowed IP 10.77.0.3/32, from hub')
    program.reveal(program.find(['push button'], f'Add desktop ({key[:8]}…) to the profile'))
    program.picture(f'live-discovered-{toolkit}')
    program.press(f'Add desktop ({key[:8]}…) to the profile')
    program.absent(['push button'], f'Add desktop ({key[:8]}…) to the profile')
    program.reveal(program.row('desktop'))
    program.picture(f'live-peers-{toolkit}')
    program.save()
    wait_stored(name, 'peer-2-public-key', key)
    program.close()


def remove(toolkit, name, key):
    """Removes the peer from the profile; it is a discovered member again."""
    program = PROGRAMS[toolkit](name)
    program.open_row('desktop')
    program.press('Remove desktop')
    program.wait_label(DISCOVERED)
    program.find(['push button'], f'Add desktop ({key[:8]}…) to the profile')
    program.save()
    until('the peer is gone', lambda: data(uuid_of(name), 'peer-2-public-key') is None)
    program.close()


def third_user(toolkit, name):
    """A user to whom a connection became open while it was active sees its live state, and edits it."""
    program = PROGRAMS[toolkit](name)
    program.wait_label(DISCOVERED)
    program.picture(f'live-third-user-{toolkit}')
    program.wait_no_label('Only users of this connection can see its live state')
    program.open_row('hub')
    program.choose('Trust', 2)
    program.wait_label('automatic trust is off')
    program.press('Advanced')
    program.write('MTU', '99')
    program.wait_described('MTU', 'use a number from 1280 to 65455')
    program.write('MTU', '1380')
    program.save()
    wait_stored(name, 'mtu', '1380')
    assert data(uuid_of(name), 'peer-1-trust') == 'Endpoint'
    program.close()


if __name__ == '__main__':
    {'add': add, 'remove': remove, 'third-user': third_user}[sys.argv[1]](*sys.argv[2:])
