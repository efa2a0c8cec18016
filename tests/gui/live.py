# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person does with either program while the connection is active, one verb a run."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from connection_editor import Editor, data, uuid_of, wait_stored  # noqa: E402
from drive import until  # noqa: E402
from settings import Settings  # noqa: E402

LEARNED = 'Members that others told of'


class Gtk3(Editor):
    def __init__(self, name):
        super().__init__('--edit', uuid_of(name))

    def open(self, page):
        self.open_page(page)


class Gtk4(Settings):
    def __init__(self, name):
        super().__init__()
        self.press('Options…')
        self.open_editor_page('Identity')

    def open(self, page):
        self.open_editor_page(page)

    def save(self):
        self.wait_sensitive('Apply', True)
        self.press('Apply')


PROGRAMS = {'gtk3': Gtk3, 'gtk4': Gtk4}


def trust(toolkit, name, key):
    """A member that the hub named becomes a peer, and stands where peers stand."""
    program = PROGRAMS[toolkit](name)
    program.open('Trust')
    program.said(LEARNED)
    program.said(f'desktop ({key[:8]}…)')
    program.said('Named as a member by hub')
    program.said('Allowed IP 10.77.0.3/32, told by hub')
    program.picture(f'live-trust-{toolkit}')
    program.press(f'Trust desktop ({key[:8]}…)')
    program.unsaid(LEARNED)
    program.find(['combo box'], 'What desktop may tell us')
    program.open('Peers')
    program.picture(f'live-peers-{toolkit}')
    program.save()
    wait_stored(name, 'peer-2-public-key', key)
    program.close()


def forget(toolkit, name, key):
    """It leaves the profile, and is a member that others told of again."""
    program = PROGRAMS[toolkit](name)
    program.open('Trust')
    program.press('Forget desktop')
    program.said(LEARNED)
    program.find(['push button', 'button'], f'Trust desktop ({key[:8]}…)')
    program.save()
    until('the peer is gone', lambda: data(uuid_of(name), 'peer-2-public-key') is None)
    program.close()


def hidden(toolkit, name):
    """A user that the running service does not know sees all but what it says, and is told why."""
    program = PROGRAMS[toolkit](name)
    program.open('Trust')
    program.said('may only be seen by the users that it was brought up for, and you are none of them')
    program.picture(f'live-hidden-{toolkit}')
    program.unsaid('Direct on ')
    program.unsaid(LEARNED)
    program.choose('What hub may tell us', 2)
    program.said('This switches the automatic rule off')
    program.open('This machine')
    program.write('MTU', '99')
    program.wait_described('MTU', 'it is a number from 1280 to 65455')
    program.write('MTU', '1380')
    program.save()
    wait_stored(name, 'mtu', '1380')
    assert data(uuid_of(name), 'peer-1-trust') == 'Endpoint'
    program.close()


if __name__ == '__main__':
    {'trust': trust, 'forget': forget, 'hidden': hidden}[sys.argv[1]](*sys.argv[2:])
