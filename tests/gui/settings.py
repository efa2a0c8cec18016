# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person does with GNOME Settings, one verb a run."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from drive import Program, until  # noqa: E402

LEAF = '2aM9QzUOUy7G9ljwfRzT+J/TdgObNc8fC/Jm9uBCvTA='
NEW = 'zO2DgWoufWFXAut6w1Y5DYEMMF1cGZ2lkExQnhTSFjo='


def data(name):
    return subprocess.run(['nmcli', '-t', '-g', 'vpn.data', 'connection', 'show', name], check=True,
                          capture_output=True, text=True).stdout


def edit(name):
    process = subprocess.Popen(['gnome-control-center', 'network'])
    settings = Program('gnome-control-center')
    settings.press('Options…')
    # GTK 4 lets no reader open the pages of a notebook
    settings.click(['label'], 'Identity')
    # what is wrong is said at its field, and cannot be applied
    settings.write('MTU', '99')
    settings.said('1280 to 65455')
    settings.write('MTU', '1380')
    settings.keys('<Alt>l')
    settings.type('50999')
    until('the listen port is typed', lambda: settings.read('Listen port') == '50999')
    settings.click(['label'], 'Peers')
    settings.press('Add peer')
    settings.write_last('Public key', LEAF)
    settings.said('This is also the key of desktop')
    settings.write_last('Public key', NEW)
    settings.write_last('Name', 'tablet')
    settings.write_last('Allowed IPs', '10.77.0.8/32')
    settings.press('Move tablet up')
    settings.press('Remove phone')
    settings.absent(['push button', 'button'], 'Remove phone')
    settings.press('Apply')
    until('the profile is stored', lambda: 'tablet' in data(name))
    process.terminate()
    process.wait(10)


def main():
    {'edit': edit}[sys.argv[1]](*sys.argv[2:])


if __name__ == '__main__':
    main()
