// SPDX-License-Identifier: GPL-2.0-or-later
// Connects the profile whose D-Bus path is the last argument, as a click on Connect in Plasma's applet does.
import QtQuick
import org.kde.plasma.networkmanagement as Plasma

Item {
    Plasma.Handler {
        id: handler
    }
    Timer {
        interval: 1
        running: true
        onTriggered: {
            const words = Qt.application.arguments;
            handler.activateConnection(words[words.length - 1], "/", "/");
            console.warn("WIRELINK: connecting");
        }
    }
}
