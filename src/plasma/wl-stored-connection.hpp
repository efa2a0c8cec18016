/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* A connection as NetworkManager stores it: what Plasma hands out lacks secrets and new properties. */

#include <NetworkManager.h>
#include <QString>

/* The connection with this UUID and the secrets that NetworkManager gives the user; blocks for the
 * answers. Without secrets if it gives none. NULL on error. */
NMConnection *wl_stored_connection(const QString &uuid, GError **error);
