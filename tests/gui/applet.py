# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives nm-applet as a user would who activates a profile whose key is not stored, one verb a run."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from drive import Atspi, Program, has_state, role_of, until  # noqa: E402


def log_from(place):
    with open(os.environ['WL_TEST_NM_LOG'], encoding='utf-8', errors='replace') as log:
        log.seek(place)
        return log.read()


def is_registered(place):
    return any('nm-applet' in line and 'agent registered' in line
               for line in log_from(place).splitlines())


def nmcli(*arguments):
    return subprocess.run(['nmcli', *arguments], stdin=subprocess.DEVNULL, check=True,
                          capture_output=True, text=True).stdout.strip()


class Applet:
    """Runs nm-applet for the duration of the verb."""

    def __enter__(self):
        place = os.path.getsize(os.environ['WL_TEST_NM_LOG'])
        self.process = subprocess.Popen(['nm-applet'])
        until('nm-applet is an agent', lambda: is_registered(place))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def object_of(uuid):
    for line in nmcli('-t', '-f', 'UUID,DBUS-PATH', 'connection', 'show').splitlines():
        if line.startswith(uuid + ':'):
            return line.partition(':')[2]
    raise AssertionError(f'no profile {uuid}')


def activate():
    """Activates as a menu does: nmcli would register an agent of its own."""
    uuid = nmcli('-g', 'connection.uuid', 'connection', 'show', 'laptop')
    subprocess.run(['busctl', 'call', 'org.freedesktop.NetworkManager',
                    '/org/freedesktop/NetworkManager', 'org.freedesktop.NetworkManager',
                    'ActivateConnection', 'ooo', object_of(uuid), '/', '/'], check=True,
                   stdout=subprocess.DEVNULL)


def state():
    return nmcli('-g', 'GENERAL.STATE', 'connection', 'show', 'laptop')


class Window(Program):
    """The window of nm-applet, with the questions of nm-wirelink-auth-dialog."""

    def __init__(self):
        super().__init__('nm-applet')
        self.wait_label('keys for “laptop”')
        self.wait_label('Private key')

    def entry(self):
        """The entry has no accessible name, but the focus."""
        return next((node for node in self.nodes() if role_of(node) == 'password text'
                     and has_state(node, Atspi.StateType.FOCUSED)), None)


def cancel():
    with Applet():
        activate()
        Window().press('Cancel')
        until('the activation fails', lambda: not state())


def answer():
    with Applet():
        activate()
        window = Window()
        entry = until('an entry for the key', window.entry)
        assert Atspi.EditableText.set_text_contents(entry, os.environ['WL_TEST_KEY'])
        window.press('OK')
        until('the profile is activated', lambda: state() == 'activated')


globals()[sys.argv[1]]()
