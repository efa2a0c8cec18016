# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives the window that asks for keys as a user would, one verb a run, and checks what the agent
receives."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from drive import Program, text_of  # noqa: E402

PRIVATE = 'xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU='
PRESHARED = '2aM9QzUOUy7G9ljwfRzT+J/TdgObNc8fC/Jm9uBCvTA='
DATA = {'private-key-flags': '2', 'peer-1-name': 'hub', 'peer-1-preshared-key-flags': '1'}
FIELDS = ('Private key', 'Preshared key of "hub"')


class Dialog(Program):
    """The window, and the agent that requested it."""

    def __init__(self, data=None, secrets=None, *options):
        super().__init__('nm-wirelink-auth-dialog-window')
        self.process = subprocess.Popen(
            [os.environ['WL_TEST_AUTH_DIALOG'], '-u', 'some-uuid', '-n', 'home', '-s',
             'org.freedesktop.NetworkManager.wirelink', '-i', *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for key, value in (data or DATA).items():
            self.process.stdin.write(f'DATA_KEY={key}\nDATA_VAL={value}\n\n')
        for key, value in (secrets or {}).items():
            self.process.stdin.write(f'SECRET_KEY={key}\nSECRET_VAL={value}\n\n')
        self.process.stdin.write('DONE\n\n')
        self.process.stdin.flush()

    def wait_exit(self, status, expected):
        output, _ = self.process.communicate('QUIT\n\n', timeout=60)
        assert self.process.returncode == status, self.process.returncode
        assert output == expected, output


def answer():
    dialog = Dialog()
    dialog.wait_label('keys for “home”')
    dialog.wait_sensitive('Connect', False)
    dialog.write(FIELDS[0], PRIVATE)
    dialog.wait_sensitive('Connect', False)
    dialog.write(FIELDS[1], PRESHARED)
    dialog.wait_sensitive('Connect', True)
    subprocess.run(['import', '-window', 'root',
                    os.path.join(os.environ['WL_TEST_PICTURES'], 'auth-window.png')], check=True)
    dialog.press('Connect')
    dialog.wait_exit(0, f'private-key\n{PRIVATE}\npeer-1-preshared-key\n{PRESHARED}\n\n\n')


def wrong():
    dialog = Dialog()
    dialog.write(FIELDS[1], PRESHARED)
    dialog.write(FIELDS[0], PRIVATE.replace('=', 'A'))
    dialog.wait_label('not a valid key')
    dialog.wait_sensitive('Connect', False)
    dialog.write(FIELDS[0], PRIVATE)
    dialog.wait_no_label('not a valid key')
    dialog.wait_sensitive('Connect', True)
    dialog.press('Cancel')
    dialog.wait_exit(1, '')


def show():
    dialog = Dialog()
    dialog.write(FIELDS[0], PRIVATE)
    node = dialog.find(['password text'], FIELDS[0])
    assert PRIVATE not in text_of(node), 'a screen reader reads the key aloud'
    dialog.toggle('Show keys')
    assert dialog.find(['text'], FIELDS[0])
    assert dialog.read(FIELDS[0]) == PRIVATE
    dialog.press('Cancel')
    dialog.wait_exit(1, '')


def memory_of(name):
    """The writable memory of the process."""
    pid = subprocess.run(['pgrep', '-f', f'/{name}$'], check=True, capture_output=True,
                         text=True).stdout.split()[0]
    found = b''
    with open(f'/proc/{pid}/maps') as maps, open(f'/proc/{pid}/mem', 'rb', 0) as memory:
        for line in maps:
            start, _, rest = line.partition('-')
            end, mode, *_ = rest.split()
            if mode.startswith('rw'):
                try:
                    memory.seek(int(start, 16))
                    found += memory.read(int(end, 16) - int(start, 16))
                except OSError:
                    pass  # memory of a device, or guard pages
    return found


def kept():
    """The window keeps no key that it does not ask for, and shows a rejected one again."""
    dialog = Dialog({'private-key-flags': '2', 'peer-1-name': 'hub', 'peer-1-preshared-key-flags': '0'},
                    {'peer-1-preshared-key': PRESHARED, 'private-key': PRIVATE}, '-r')
    dialog.wait_sensitive('Connect', True)
    memory = memory_of(dialog.name)
    assert PRIVATE.encode() in memory, 'the search does not find the key that is there'
    assert PRESHARED.encode() not in memory, 'the window holds a key that it does not ask for'
    dialog.press('Connect')
    dialog.wait_exit(0, f'private-key\n{PRIVATE}\npeer-1-preshared-key\n{PRESHARED}\n\n\n')


def cancel():
    dialog = Dialog()
    dialog.press('Cancel')
    dialog.wait_exit(1, '')


def escape():
    dialog = Dialog()
    dialog.field(FIELDS[0])
    subprocess.run(['xdotool', 'key', 'Escape'], check=True)
    dialog.wait_exit(1, '')


globals()[sys.argv[1]]()
