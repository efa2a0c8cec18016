# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds and operates the widgets of a running program through AT-SPI, as a screen reader does.

Every lookup waits for its widget, up to LIMIT. GTK 4.8 reports neither "showing" nor positions on the
screen, so only roles, names and texts are used. Where versions of a program name a widget differently,
a tuple of names stands for any of them.
"""
import itertools
import os
import subprocess
import time

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402

LIMIT = 60  # seconds, which only a failure takes
KEYSYMS = {'Page_Down': 0xff56, 'Up': 0xff52, 'Down': 0xff54}
KEYCODES = {0xffe9: 64, 0xffe3: 37, 0xffe1: 50}  # Alt, Control, Shift on the default X keyboard
# Roles whose name differs between versions of AT-SPI or of GTK.
ROLES = {'button': 'push button', 'entry': 'text'}
HEADINGS = ('push button', 'toggle button')  # of rows that open
BUTTON_TEXTS = ('Add to Profile',)  # of buttons whose name does not begin with their text


def until(what, probe, limit=LIMIT):
    """Returns the first true result of probe()."""
    end = time.monotonic() + limit
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f'not within {limit} s: {what}')
        time.sleep(0.05)


def walk(node):
    try:
        yield node
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is not None:
                yield from walk(child)
    except gi.repository.GLib.Error:
        return  # the node is gone


def children_of(node):
    found = (node.get_child_at_index(i) for i in range(node.get_child_count()))
    return [child for child in found if child is not None]


def role_of(node):
    role = node.get_role_name()
    return ROLES.get(role, role)


def has_state(node, state):
    return node.get_state_set().contains(state)


def text_of(node):
    # GTK 4 fails with -1 as the end of an empty text
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def is_named(node, names):
    """GTK 4 keeps mnemonic underscores in names and appends the text of a button to its name."""
    return any(_is_named(node, name) for name in ((names,) if isinstance(names, str) else names))


def _is_named(node, name):
    found = node.get_name() or ''
    if role_of(node) not in ('push button', 'check box'):
        return found == name
    texts = (name, name.split()[0], *BUTTON_TEXTS)
    return found == name or found.replace('_', '') in (name, *(f'{name} {text}' for text in texts))


class Program:
    def __init__(self, name):
        self.name = name

    def roots(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            root = desktop.get_child_at_index(i)
            if root is not None and self.name in (root.get_name() or ''):
                yield root

    def window(self, title):
        """The window of that title alone; it has to be open."""
        def probe():
            return next((node for root in self.roots() for node in children_of(root)
                         if node.get_name() == title), None)
        only = Program(self.name)
        found = until(f'window {title} of {self.name}', probe)
        only.roots = lambda: [found]
        return only

    def nodes(self):
        for root in self.roots():
            yield from walk(root)

    def _matching(self, roles, name):
        for node in self.nodes():
            try:
                if role_of(node) in roles and is_named(node, name):
                    yield node
            except gi.repository.GLib.Error:
                continue

    def find(self, roles, name, limit=LIMIT):
        return until(f'{"/".join(roles)} "{name}" of {self.name}',
                     lambda: next(self._matching(roles, name), None), limit)

    def has(self, roles, name):
        return next(self._matching(roles, name), None) is not None

    def has_label(self, part):
        return self._find_label(part) is not None

    def absent(self, roles, name):
        until(f'no {"/".join(roles)} "{name}" of {self.name}',
              lambda: next(self._matching(roles, name), None) is None)

    def wait_label(self, part):
        """Waits until a visible label contains @part."""
        return until(f'label of {self.name} with "{part}"', lambda: self._find_label(part))

    def wait_no_label(self, part):
        until(f'no label of {self.name} with "{part}"', lambda: not self._find_label(part))

    def _find_label(self, part):
        for node in self.nodes():
            try:
                if (role_of(node) == 'label' and part in (node.get_name() or '')
                        and has_state(node, Atspi.StateType.VISIBLE)):
                    return node
            except gi.repository.GLib.Error:
                continue
        return None

    def press(self, name):
        node = self.find(['push button', 'toggle button'], name)
        assert node.do_action(0), f'cannot press {name}'

    def toggle(self, name):
        node = self.find(['check box'], name)
        assert node.do_action(0), f'cannot toggle {name}'

    def field(self, name):
        return self.find(['text', 'password text'], name)

    def wait_described(self, name, part):
        """Waits until the accessible description of this widget, and of no other, contains @part; the
        headings of rows repeat the errors inside."""
        def probe():
            having = [node.get_name().replace('_', '') for node in self.nodes()
                      if part in (node.get_description() or '')
                      and (role_of(node) not in HEADINGS or node.get_name() == name)]
            return having == [name]
        until(f'{name} alone is described with "{part}"', probe)

    def write(self, name, text):
        assert Atspi.EditableText.set_text_contents(self.field(name), text), f'cannot write {name}'

    def replace(self, old, new):
        """Replaces the text of a field without a name."""
        def probe():
            for node in self.nodes():
                if role_of(node) == 'text' and text_of(node) == old:
                    return node
            return None
        node = until(f'field with "{old}" of {self.name}', probe)
        assert Atspi.EditableText.set_text_contents(node, new), f'cannot write {new}'

    def read(self, name):
        return text_of(self.field(name))

    def choose(self, name, item):
        """Selects an item of a combo box by its number."""
        combo = self.find(['combo box'], name)
        menu = combo.get_child_at_index(0)
        assert Atspi.Selection.select_child(combo if menu is None else combo, item), name

    def row(self, title):
        """The heading of the row of a peer, whose name begins with @title."""
        def probe():
            return next((node for node in self.nodes() if role_of(node) in HEADINGS
                         and (node.get_name() or '').startswith(f'{title}, ')), None)
        return until(f'row {title} of {self.name}', probe)

    def open_row(self, title):
        assert self.row(title).do_action(0), f'cannot open {title}'

    def order(self, *names):
        """@names, which begin the names of rows, in the order of the rows."""
        found = [(node.get_name() or '').split(',')[0] for node in self.nodes()
                 if role_of(node) in HEADINGS]
        return [name for name in found if name in names]

    def is_sensitive(self, name):
        return has_state(self.find(['push button'], name), Atspi.StateType.SENSITIVE)

    def wait_sensitive(self, name, sensitive):
        until(f'{name} {"" if sensitive else "not "}sensitive',
              lambda: self.is_sensitive(name) == sensitive)

    @staticmethod
    def picture(name):
        """Saves a screenshot."""
        path = os.path.join(os.environ['WL_TEST_PICTURES'], f'{name}.png')
        subprocess.run(['import', '-window', 'root', path], check=True)

    # With the pointer and the keyboard of the X server.

    def click(self, roles, name):
        """Clicks with the pointer."""
        node = self.find(roles, name)
        self.reveal(node)
        self.click_at(node)

    def click_at(self, node):
        box = self.place_of(node)
        x, y = box.x + box.width // 2, box.y + box.height // 2
        subprocess.run(['xdotool', 'mousemove', str(x), str(y), 'click', '1'], check=True)

    def reveal(self, node):
        """Moves the focus with the Tab key until the page shows @node; returns its place."""
        turns = itertools.cycle(['Tab'] * 40 + ['shift+Tab'] * 40)

        def probe():
            box = self._place(node)
            page = self._page_beyond(node, box.y + box.height // 2) if box else self._page_of(node)
            if box and page is None:
                return box
            if page:
                # GTK 3 has no place for what is not on the screen: down and up again
                key = next(turns) if not box else 'shift+Tab' if box.y < page.y else 'Tab'
                subprocess.run(['xdotool', 'key', key], check=True)
            return None
        return until(f'{node.get_name()} is shown', probe)

    def _page_of(self, node):
        """The place of the page that @node is in, if it scrolls."""
        parent = node.get_parent()
        while parent is not None and role_of(parent) != 'scroll pane':
            parent = parent.get_parent()
        return parent and self._place(parent)

    def _page_beyond(self, node, y):
        """The place of the smallest thing that @node is in and that @y is not."""
        found = None
        parent = node.get_parent()
        while parent is not None and role_of(parent) not in ('application', 'desktop frame'):
            try:
                box = self._place(parent)
            except gi.repository.GLib.Error:
                box = None  # what has no place
            # GTK 3 makes a tab the parent of its page
            if role_of(parent) == 'page tab':
                box = None
            if box and not box.y <= y < box.y + box.height and (not found
                                                                or box.height < found.height):
                found = box
            parent = parent.get_parent()
        return found

    def named(self, name):
        """Finds a node of any role."""
        def probe():
            return next((node for node in self.nodes() if node.get_name() == name), None)
        return until(f'"{name}" of {self.name}', probe)

    def focus(self, roles, name):
        node = self.find(roles, name)
        assert Atspi.Component.grab_focus(node), f'cannot focus {name}'
        until(f'{name} has the focus', lambda: has_state(node, Atspi.StateType.FOCUSED))

    def place(self, name):
        return until(f'{name} has a place', lambda: self._place(self.named(name)))

    def place_of(self, node):
        return until(f'{node.get_name()} has a place', lambda: self._place(node))

    def _center(self, name):
        box = self.place(name)
        return box.x + box.width // 2, box.y + box.height // 2

    def drag(self, name, onto):
        self.reveal(self.named(onto))
        self.reveal(self.named(name))
        self._pull(self._center(name), onto)

    def drop_file(self, path, onto):
        """Drags a file from the window of another program."""
        self.reveal(self.named(onto))
        source = subprocess.Popen([os.environ['WL_TEST_DRAG_SOURCE'], path])
        output = until('the window with the file', lambda: subprocess.run(
            ['xdotool', 'search', '--onlyvisible', '--name', '^drag-source$', 'getwindowgeometry',
             '--shell'], capture_output=True, text=True).stdout)
        window = dict(line.split('=') for line in output.splitlines() if '=' in line)
        self._pull((int(window['X']) + 20, int(window['Y']) + 20), onto)
        return source

    def _pull(self, start, onto):
        """Drags with the pointer in small steps."""
        node = self.named(onto)
        (x, y), (to_x, to_y) = start, self._center(onto)
        subprocess.run(['xdotool', 'mousemove', str(x), str(y), 'mousedown', '1'], check=True)
        for step in range(1, 15):
            share = min(step, 10)
            subprocess.run(['xdotool', 'mousemove', str(x + (to_x - x) * share // 10 + step % 2),
                            str(y + (to_y - y) * share // 10)], check=True)
            Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)  # the program has processed the motion
        subprocess.run(['xdotool', 'mouseup', '1'], check=True)

    @staticmethod
    def _place(node):
        if node.get_application().get_toolkit_version().startswith('3'):
            box = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
            return box if box.x >= 0 and box.width > 1 else None
        # GTK 4 knows the position in the window, the X server that of the window
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        output = subprocess.run(['xdotool', 'getactivewindow', 'getwindowgeometry', '--shell'],
                              capture_output=True, text=True).stdout
        window = dict(line.split('=') for line in output.splitlines() if '=' in line)
        if box.width <= 1 or 'X' not in window:
            return None
        box.x += int(window['X'])
        box.y += int(window['Y'])
        return box

    @staticmethod
    def keys(combination):
        """<Alt>a, <Control>Page_Down"""
        held = []
        while combination.startswith('<'):
            name, combination = combination[1:].split('>', 1)
            held.append({'Alt': 0xffe9, 'Control': 0xffe3, 'Shift': 0xffe1}[name])
        for key in held:
            Atspi.generate_keyboard_event(KEYCODES[key], None, Atspi.KeySynthType.PRESS)
        keysym = ord(combination) if len(combination) == 1 else KEYSYMS[combination]
        Atspi.generate_keyboard_event(keysym, None, Atspi.KeySynthType.SYM)
        for key in reversed(held):
            Atspi.generate_keyboard_event(KEYCODES[key], None, Atspi.KeySynthType.RELEASE)

    @staticmethod
    def type(text):
        Atspi.generate_keyboard_event(0, text, Atspi.KeySynthType.STRING)

    def has_focus(self, name):
        return any(has_state(node, Atspi.StateType.FOCUSED)
                   for node in self._matching(['text'], name))

    def _focused(self):
        for node in self.nodes():
            try:
                if role_of(node) == 'text' and has_state(node, Atspi.StateType.FOCUSED):
                    return node
            except gi.repository.GLib.Error:
                continue
        return None

    def focused_text(self):
        """The text of the field that has the focus, or None."""
        node = self._focused()
        return text_of(node) if node else None

    def write_focused(self, text):
        """Writes to the field that has the focus; false if it has another text afterwards."""
        node = self._focused()
        return (node is not None and Atspi.EditableText.set_text_contents(node, text)
                and text_of(node) == text)

    def expand(self, name):
        node = self.find(['toggle button', 'push button'], name)
        assert node.do_action(0), f'cannot expand {name}'

    def write_last(self, name, text):
        """Writes to the last editable field of that name: this machine and each expanded peer have
        one, and a new peer appears with a delay."""
        def probe():
            return any(self._set(node, text)
                       for node in reversed(list(self._matching(['text'], name))))
        until(f'{text} in {name} of {self.name}', probe)

    @staticmethod
    def _set(node, text):
        try:
            return Atspi.EditableText.set_text_contents(node, text)
        except gi.repository.GLib.Error:
            return False  # not editable, or gone
