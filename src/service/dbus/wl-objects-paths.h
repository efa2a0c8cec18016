/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Paths of the objects on D-Bus; a peer is WL_OBJECTS_ROOT "/peer/N". */
#define WL_OBJECTS_ROOT "/org/freedesktop/NetworkManager/wirelink"
#define WL_OBJECTS_LINK WL_OBJECTS_ROOT "/link"
