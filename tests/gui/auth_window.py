# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person does with the window that asks for keys, one verb a run, and what the agent that
wanted it shown is told then."""
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
    """The agent's side of it, too."""

    def __init__(self):
        super().__init__('nm-wirelink-auth-dialog-window')
        self.process = subprocess.Popen(
            [os.environ['WL_TEST_AUTH_DIALOG'], '-u', 'some-uuid', '-n', 'home', '-s',
             'org.freedesktop.NetworkManager.wirelink', '-i'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for key, value in DATA.items():
            self.process.stdin.write(f'DATA_KEY={key}\nDATA_VAL={value}\n\n')
        self.process.stdin.write('DONE\n\n')
        self.process.stdin.flush()

    def ends(self, status, said):
        output, _ = self.process.communicate('QUIT\n\n', timeout=20)
        assert self.process.returncode == status, self.process.returncode
        assert output == said, output


def answer():
    dialog = Dialog()
    dialog.said('“home” needs keys')
    dialog.wait_sensitive('Connect', False)
    dialog.write(FIELDS[0], PRIVATE)
    dialog.wait_sensitive('Connect', False)
    dialog.write(FIELDS[1], PRESHARED)
    dialog.wait_sensitive('Connect', True)
    subprocess.run(['import', '-window', 'root',
                    os.path.join(os.environ['WL_TEST_PICTURES'], 'auth-window.png')], check=True)
    dialog.press('Connect')
    dialog.ends(0, f'private-key\n{PRIVATE}\npeer-1-preshared-key\n{PRESHARED}\n\n\n')


def wrong():
    dialog = Dialog()
    dialog.write(FIELDS[1], PRESHARED)
    dialog.write(FIELDS[0], PRIVATE.replace('=', 'A'))
    dialog.said('This is no key')
    dialog.wait_sensitive('Connect', False)
    dialog.write(FIELDS[0], PRIVATE)
    dialog.unsaid('This is no key')
    dialog.wait_sensitive('Connect', True)
    dialog.press('Cancel')
    dialog.ends(1, '')


def show():
    dialog = Dialog()
    dialog.write(FIELDS[0], PRIVATE)
    node = dialog.find(['password text'], FIELDS[0])
    assert PRIVATE not in text_of(node), 'a screen reader reads the key aloud'
    dialog.toggle('Show what is written')
    assert dialog.find(['text'], FIELDS[0])
    assert dialog.read(FIELDS[0]) == PRIVATE
    dialog.press('Cancel')
    dialog.ends(1, '')


def cancel():
    dialog = Dialog()
    dialog.press('Cancel')
    dialog.ends(1, '')


def escape():
    dialog = Dialog()
    dialog.field(FIELDS[0])
    subprocess.run(['xdotool', 'key', 'Escape'], check=True)
    dialog.ends(1, '')


globals()[sys.argv[1]]()
